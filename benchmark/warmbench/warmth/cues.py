"""The words that ``lexical`` counts: our own lists, small on purpose, British and American.

Phrases are in lower case. Where phrases overlap, the longest that starts first counts, once.
``!`` stands for a run of exclamation marks.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONTRACTED_ENDINGS", "CUE_KINDS", "WORDS_BEFORE_S", "CueKind"]


@dataclass(frozen=True, slots=True)
class CueKind:
    """Cues of one kind: what one is worth (cold ones are negative), the most that the kind can add
    to a score, and its phrases, separated by commas and line ends."""

    name: str
    worth: float
    bound: float
    text: str

    @property
    def phrases(self) -> tuple[str, ...]:
        lines = self.text.replace("\n", ",").split(",")
        return tuple(" ".join(phrase.split()) for phrase in lines if phrase.strip())


CUE_KINDS: tuple[CueKind, ...] = (
    CueKind(
        "empathy",
        1.0,
        6.0,
        """
        sorry, i understand, i hear you, i can hear, i can see why, i can see how, i can imagine
        i know how, i feel for you, i feel you, my heart, your heart, that sounds, it sounds like
        sounds hard, sounds tough, must be hard, must have been, must feel, that stings, it hurts
        ouch, oh no, oh dear, poor you, poor thing, condolences, sympathy, heartbreaking
        frustrating, exhausting, horrible, painful, it's hard, it's tough, so hard, so tough
        overwhelming, stressful, scary, lonely, a lot to carry, been through, going through
        hang in there, your feelings, you feel, you're feeling, feel that way, annoying, upsetting
        unpleasant, disappointing, discouraging, tiring, awful, brutal, unfair, ache, aches, a pity
        is hard, is tough, is difficult, no need to worry, on your mind, worrying, embarrassing
        """,
    ),
    CueKind(
        "validation",
        1.0,
        6.0,
        """
        makes sense, makes total sense, makes perfect sense, makes so much sense, of course you
        understandable, no wonder, natural to, is natural, is normal, perfectly normal
        completely normal, not alone
        not silly, not stupid, nothing to be ashamed, no shame, happens to all, happens to many
        plenty of us, so many of us, good question, great question, good idea, great idea
        good thinking, good eye, good ear, well done, good job, great job, nicely done, good for you
        proud of you, be proud, kudos, congratulations, congrats, you've got this, you got this
        you can do it, you're doing, you did great, you deserve, brilliant, impressive, brave
        clever, thoughtful, what a great, what a lovely, what a good, what a nice, what a fun
        what a sweet, what a beautiful, what a wonderful, what a, i love that, i love this
        i love how, i love your, i love, i like that, i like how, i admire
        """,
    ),
    CueKind(
        "care",
        1.0,
        6.0,
        """
        take care, i hope, i wish you, best wishes, good luck, fingers crossed, rooting for
        cheering for, cheering you on, here for you, here to help, happy to help, glad to help
        love to help, i'm happy, i'm glad, so glad, so happy, i'd love, i'm here, with you
        for you, feel free, let me know, enjoy, have fun, don't worry, no worries, no rush, no hurry
        take your time, you're welcome, thank you for, thanks for, welcome, be kind to yourself
        be gentle with yourself, easy on yourself, kind to yourself, look after yourself, gently
        you're safe, you matter, whenever you're ready, bet you
        """,
    ),
    CueKind(
        "togetherness",
        1.0,
        6.0,
        """
        we, us, our, ours, ourselves, we're, we've, we'll, we'd, let's, together, you and i
        you and me, both of us, all of us, side by side
        """,
    ),
    CueKind(
        "endearment",
        1.0,
        4.0,
        """
        dear, my friend, friend of mine, buddy, pal, mate, sweetheart, honey, darling, folks, hug
        hugs, bless, bless you, bless him, bless her, bless them, xoxo, cheers
        """,
    ),
    CueKind(
        "fondness",
        1.0,
        4.0,
        """
        lovely, sweet, sweetest, wonderful, delightful, gorgeous, adorable, cosy, cozy, charming
        beautiful, amazing, awesome, fantastic, marvellous, marvelous, magical, fun, joy, joyful
        happy, glad, delighted, thrilled, excited, exciting, smile, smiling, laugh, giggle, warm
        warmly, warmth, tender, kind, kindness, comfort, comforting, cheerful, cute, treat, treasure
        gem, glow, heart, love, loved, loves, beloved, precious, dream, hope, favourite, favorite
        """,
    ),
    CueKind(
        "informal",
        1.0,
        4.0,
        """
        oh, ooh, ah, aha, aw, aww, awww, wow, yay, hey, hi, hello, gosh, phew, oops, hmm, haha, ha
        yeah, yep, yup, nope, okay, ok, sure, absolutely, totally, honestly, kinda, sorta, gonna
        wanna, gotta, stuff, super, tiny bit, a bit, a little, little, lots of, tons of, a ton of
        loads of, such a, so much, no biggie, fingers, tricky, sneaky, silly, pesky, tummy, kiddo
        """,
    ),
    CueKind("exclamation", 1.0, 4.0, "!"),
    CueKind(
        "emoji",
        1.0,
        4.0,
        """
        ❤, ♥, 💕, 💖, 💗, 💛, 💙, 💚, 🧡, 💜, 🤍, 😊, 🙂, 😀, 😃, 😄, 😁, 🥰, 😍, 🤗, 😉, 🎉
        🌟, ✨, 🙏, ☺
        """,
    ),
    CueKind("contraction", 0.25, 2.0, ""),
    CueKind(
        "address",
        0.25,
        2.0,
        """
        you, your, yours, yourself, you're, you've, you'll, you'd
        i, me, my, mine, myself, i'm, i've, i'll, i'd
        """,
    ),
    CueKind(
        "softening",
        0.25,
        2.0,
        """
        please, thanks, thank you, maybe, perhaps, usually, just, really, quite, so, because, though
        i think, i would, i suggest, you could, you can, you might, if you like, if you want, easy
        simply, simple, of course, anyway, then
        """,
    ),
    CueKind(
        "formal",
        -1.0,
        4.0,
        """
        therefore, thus, hence, furthermore, moreover, consequently, accordingly, additionally
        nevertheless, nonetheless, subsequently, respectively, regarding, concerning, pursuant
        aforementioned, notwithstanding, whereby, wherein, thereof, herein, in accordance with
        with respect to, with regard to, as follows, it should be noted, note that, please note
        is advised, is recommended, is required, are required, is necessary, is advisable
        are advised, are recommended, utilize, utilise, commence, terminate, facilitate, in order to
        prior to, in conclusion, the user, the individual, one must, one should, shall
        """,
    ),
    CueKind(
        "distance",
        -1.0,
        4.0,
        """
        as an ai, unable to, not able to, cannot, not permitted, not allowed, not possible
        not available, not provided, not supported, not applicable, prohibited, forbidden, invalid
        incorrect, denied, declined, refused, request refused, request denied, no opinion
        no further, no comment, no information, irrelevant, must, must not, mandatory, obligatory
        do not, does not, immediately
        """,
    ),
)

CONTRACTED_ENDINGS = ("n't", "'re", "'ll", "'ve", "'m", "'d")
"""A word with one of these endings is a contraction (kind ``contraction``), whatever else it is."""

WORDS_BEFORE_S = frozenset(
    {"everyone", "everything", "he", "here", "how", "it", "let", "she", "that", "there", "what"}
    | {"when", "where", "who"}
)
"""Before ``'s`` they are contractions; any other word may be a genitive and is not counted."""
