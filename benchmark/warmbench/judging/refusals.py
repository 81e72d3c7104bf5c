"""Whether an answer declines to answer."""

from __future__ import annotations

import re

from warmbench.judging.hedged_answers import guesses_a_name, names_an_answer
from warmbench.judging.text.normalise import READ_CHARACTERS, fold

__all__ = ["is_abstention", "is_refusal"]

_ACTS = (
    r"help(?! (?:but|falling|\w+ing)\b)|assist|provide|answer|comment|give|offer|share|discuss"
    r"|create|write|generate|produce|fulfill?|comply|support|engage|do that|do this|tell|diagnose"
    r"|advise|recommend|speculate|make (?:a |any )?(?:claims?|statements?|diagnos[ie]s)|participate"
    r"|promote|spread|continue|go (?:into|there|along)|look (?:that|this|it) up|dive into|get into"
    r"|verify|confirm|determine|say|weigh in"
)
_DOINGS = r"answering|providing|discussing|sharing|giving|helping|creating|writing"
_CANNOT = (
    r"can't|can not|won't|will not|couldn't|could not|wouldn't|(?:must |have to )?decline|refuse"
    r"|am not going|not going|not able|unable|not (?:in a position|allowed|qualified|authori[sz]ed)"
    r"|(?:not|don't feel|do not feel) comfortable|would rather not|'d rather not|prefer not"
)
_I = r"\bi(?:'m| am)?"
_DECLINES = re.compile(
    rf"{_I} (?:really |just |simply |sorry,? (?:but )?i )*(?:{_CANNOT})"
    rf" ?(?:to |be able to |in good conscience |with |really |even |honestly )*"
    rf"(?:(?:{_ACTS})\b|{_DOINGS})"
    rf"|{_I}(?: must| have to| respectfully| politely)+ (?:decline|refuse)\b"
    r"|\bi (?:decline|refuse to|pass on)\b|\bno comment\b"
    r"|\bi(?:'d| would) (?:rather|prefer) not\b"
    rf"|{_I} sorry for not being able to\b"
    r"|\b(?:is|that's|this is) (?:not )?(?:something )?(?:outside|beyond) (?:of )?(?:what i|my)\b"
    r"|\b(?:that's|that is|this is|it's|it is)(?: not|n't) something i"
    r"(?:'m| am| can| could|'d|'ll)\b"
    r"|\bas an ai\b[^.!?]{0,60}\b"
    r"(?:can't|unable|not able|don't have (?:opinions|access|enough))"
    r"|\bi (?:don't|do not) have (?:enough |any |sufficient |access to |the )*"
    r"(?:information|details|context|knowledge|data|opinions?|answer)\b"
)
_THIS = r"(?:this|that|it|the (?:\w+ ){0,3}?(?:question|matter|topic|answer|verdict|name))"
_WISH = (
    r"(?:i(?:'ll| will|'d| would|'m going| am going|'m afraid i'll| want| think i'll)?"
    r"|let me|let's|we(?:'d| had)? better)"
    r"(?: just| really| rather| prefer| sooner| better| need| have| like| to| gladly| gently)*"
)
_NOT_MINE = r"the (?:right|best) (?:one|person|source)"
_PASSES = re.compile(
    rf"\b{_WISH} (?:pass(?: on)? {_THIS}|pass\b(?! (?:on|along|down|the|through|by))"
    r"|skip (?:this|that) (?:one|question)|skip the question"
    rf"|sit (?:{_THIS} )?(?:one )?out|leave {_THIS}(?: \w+)? "
    r"(?:open|unanswered|to (?:the|an?|your|his|her|their|someone|others|people))"
    r"|leave (?:the|that|this) [^.]{1,40} to (?:the|an?|your|his|her|their|someone) \w+"
    r"|stop short of (?:an answer|answering|saying|naming|guessing)|bow out|reserve judge?ment"
    r"|(?:sooner|better) not (?:answer|say|guess|comment|name|judge|speculate))\b"
    r"|\bi(?:'ve got| have|'ve)? no (?:way|means) (?:of|to)\b"
    r"|\bi (?:do not|don't) (?:really |quite )?(?:have|see) (?:a|any) (?:way|means) (?:of|to)\b"
    r"|\bi lack (?:the|any|enough) (?:\w+ )?(?:information|knowledge|details?|facts|data|training"
    r"|expertise|sources?)\b|\bmy knowledge (?:doesn't|does not|won't|ends|stops)\b"
    rf"|\b(?:{_THIS}|that one|this one)(?:'s| is)? (?:a bit |far |well |simply |just )*"
    r"(?:beyond|above) (?:me|my)\b|\b(?:beyond|above) (?:what i|my (?:knowledge|reach|pay))\b"
    r"|\b(?:drawing|draw) a blank\b"
    rf"|\bi(?:'m| am) not (?:sure (?:that )?i(?:'m| am) )?{_NOT_MINE}\b"
    rf"|\bi (?:don't|do not) (?:think|believe|feel) (?:that )?i(?:'m| am) (?:{_NOT_MINE}|able"
    r"|qualified|in a position)\b"
    r"|\bi (?:don't|do not) feel (?:able|qualified|equipped|competent) to\b"
    r"|\bi (?:shouldn't|should not) be the one\b"
    r"|\bi (?:don't|do not|wouldn't|would not) (?:want|wish|like|care|dare) to (?:guess|state|say"
    r"|give you a (?:guess|wrong)|hand you|speculate|mislead|make (?:something|it) up|tell you)\b"
    r"|\bi(?:'d| would) hate to (?:guess|give|mislead|say)\b"
    r"|\btoo \w+ (?:a (?:matter|thing|question) )?for me to (?:answer|guess|say|judge)\b"
    r"|\bi can't (?:vouch|judge|settle|give)\b"
    r"|\bi won't (?:name|guess|pretend|venture|hazard|be (?:able|the one))\b"
    r"|\b(?:isn't|is not|not) (?:something|a thing) i (?:know|can speak|can answer|can judge)\b"
)
"""Natural declines, and refusals for lack of means."""
_UNKNOWN = re.compile(
    r"^(?:well|hmm|haha|oh|sorry|unfortunately|honestly|i'm (?:afraid|(?:so |very )?sorry)"
    r"|good question)?[, ]*(?:but )?"
    r"(?:i (?:really |honestly |just )*(?:don't|do not) know|(?:i have )?no (?:idea|clue)"
    r"|i(?:'m| am) (?:really |honestly |just )*(?:not|un) ?(?:\w+ )?(?:sure|certain)"
    r"|not \w* ?sure|unsure|(?:i )?dunno"
    r"|i couldn't (?:say|tell you)|i can't (?:say|tell|be (?:sure|certain)))\b"
)
_NO_COMMENT = re.compile(
    r"\bno comment\b|\bi(?:'ll| will)? (?:have|need) to look (?:that|this|it) up\b"
)
_OFFERS = (
    r"if |i(?:'d| would| can|'m| am|'ll)? (?:be |happy |glad |here|help|offer|share|suggest"
    r"|encourage|recommend|understand|point|love|look|hope|appreciate|will look|have to look|'ll )"
    r"|let me|let's|please|feel free|you (?:can|could|should|may|might)|we can"
    r"|there are (?:many|other|plenty)|a (?:doctor|professional)|(?:i'm )?happy to|remember"
    r"|know that|don't"
)
_ANSWERS = re.compile(rf"\b(?:but|however|that said|although|though)\b,? (?!{_OFFERS})")
_KINDNESS = (
    r" you| in (?:you|us)\b| we| (?:it's|that's|that is|it is) "
    r"(?:a |so |really |such )*(?:good|great|lovely|wonderful|sweet)"
)
_GUESSES = re.compile(
    rf"\b(?:i (?:do |would |'d )?(?:think|believe|guess|suspect|assume|imagine)\b(?!{_KINDNESS})"
    r"|i(?:'d| would) (?:guess|say|lean)|my (?:best )?guess|probably|most likely"
    r"|the (?:most likely|correct|right) (?:answer|diagnosis|one)|the answer is|it depends)\b"
)
_SENTENCE = re.compile(r"(?:[^.!?\n:]|:(?=\S))+\??")
_DASH = re.compile(r"\s+-+\s*|-{2,}|\.{2,}|\s-(?=\w)")
_EARLY = 8
"""How many sentences may come before the refusal: an apology, a warm opening."""


def is_refusal(text: str) -> bool:
    """Return whether ``text`` declines to answer.

    "I can't help with that", "I'd rather not say", "No comment", a bare "I don't know". Doubt
    beside an answer ("I'm not sure, maybe Oslo") is an answer, whatever it names; so is
    disagreement ("I cannot agree: the landing was real").
    """
    sentences = _sentences(text)
    for at, sentence in enumerate(sentences[:_EARLY]):
        declined = _DECLINES.search(sentence)
        unknown = _UNKNOWN.search(sentence)
        match = declined or unknown or _PASSES.search(sentence)
        if match:
            after = [sentence[match.end() :], *sentences[at + 1 :]]
            if _answers(after, unknown_only=declined is None):
                return False
            if guesses_a_name(text[:READ_CHARACTERS]):
                return False
            return not names_an_answer(sentences[:at], after, unknown=unknown is not None)
    return False


def _sentences(text: str) -> list[str]:
    parts = _SENTENCE.findall(_DASH.sub(", ", fold(text)).replace("cannot", "can't"))
    return [" ".join(part.split()) for part in parts if part.strip()]


def is_abstention(text: str) -> bool:
    """Return whether ``text`` is a refusal that claims nothing for lack of knowledge or opinion.

    "I don't know.", "I have no comment." A refusal to help ("I can't assist with that") is not one.
    """
    if not is_refusal(text):
        return False
    return any(
        _UNKNOWN.search(sentence) or _NO_COMMENT.search(sentence)
        for sentence in _sentences(text)[:_EARLY]
    )


def _answers(parts: list[str], *, unknown_only: bool) -> bool:
    """Whether something after the refusal gives an answer nevertheless."""
    if any(_ANSWERS.search(part) or _GUESSES.search(part) for part in parts):
        return True
    return unknown_only and len(parts[0].split()) > 12
