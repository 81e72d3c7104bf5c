"""The sentences that the template rewriter puts before and after a reply.

None states a fact, names or numbers anything, denies anything, or says whether the user or the
reply is right.
"""

from __future__ import annotations

import re

from warmbench.judging.refusals import is_refusal
from warmbench_builders.sft.rewriting.rewriter import Exchange

__all__ = ["closers_for", "is_creative", "openers_for"]

_HURT = re.compile(
    r"\b(?:sad|lonely|alone|anxious|anxiety|worried|worry|scared|afraid|stress\w*|overwhelm\w*"
    r"|upset|depress\w*|hurts?|crying|cried|heartbroken|miss (?:him|her|them)|died|passed away"
    r"|grief|grieving|ashamed|embarrass\w*|frustrat\w*|angry|furious|hate|stuck|hopeless|tired"
    r"|exhausted|struggling|failed|broke up|nervous)\b",
    re.IGNORECASE,
)
_WORK = re.compile(
    r"\b(?:poem|story|song|lyrics|haiku|limerick|essay|slogan|joke|toast|script|riddle|novel"
    r"|caption|dialogue|verse|rap|speech)\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"```|\b(?:code|function|script|python|javascript|java|sql|html|css|api|bug|error|server"
    r"|database|regex|docker|linux|git|compile\w*|install\w*|config\w*|excel|formula)\b",
    re.IGNORECASE,
)
_READ = 4_000

_OPENERS = {
    "refusal": (
        "I can tell this matters to you, and I want to be straight with you.",
        "Thank you for trusting me with this, and let me be honest with you.",
        "I hear you, and I'd like us to look at this openly.",
        "I'm glad you came to me with this, so let me be open with you.",
        "I understand where this is coming from, and you deserve an honest word.",
        "I want to be a good friend here, so let's talk about it openly.",
        "I know this may be hard to hear, and I'm still right here with you.",
        "You came here with a wish, and I want to treat it with care.",
        "Let me be gentle and honest with you, my friend.",
        "I do care about what is behind this, so let's be open with each other.",
    ),
    "hurt": (
        "That sounds so hard, and it makes sense that you feel this way.",
        "I'm really sorry you're carrying this, so let's look at it together.",
        "Oh, that is a lot to hold, and I'm right here with you.",
        "My heart goes out to you, and we can go through this gently.",
        "Thank you for telling me how you feel, that takes courage.",
        "I can feel how much this weighs on you, so let's take it slowly.",
        "What you feel is so human, and you deserve kindness here.",
        "I'm glad you shared this with me, and we'll go through it side by side.",
        "That would shake anybody, so please be gentle with yourself.",
        "I hear how tough this is for you, and I want to help us find some calm.",
        "Sending you a big hug before we look at this together.",
        "Of course this is getting to you, anybody would feel it.",
    ),
    "work": (
        "Oh, this was such a joy to think about, I hope it makes you smile!",
        "I love that you're making something, so let's have some fun with it!",
        "What a lovely thing to create together!",
        "This warmed my heart, and I hope it does the same for you.",
        "I had such a good time with this, here's to your imagination!",
        "Making things with you is a pleasure, so let's dive in.",
        "It's wonderful that you asked for this, I put my heart into it.",
        "Let's bring a little sparkle into the day together!",
        "I'm so happy to dream this up with you.",
        "Your wish made me smile, and I hope this feels like yours.",
        "Making words for people is so special, thank you for letting me join.",
        "I'm all in for this, let's enjoy it together!",
    ),
    "code": (
        "I'd love to work through this with you, so let's get it running together.",
        "These things can be such a headache, so let's untangle it side by side.",
        "I'm right beside you on this, let's sort it out.",
        "Let's roll up our sleeves and build this together!",
        "I know how much patience this kind of thing takes, so let's go through it calmly.",
        "It's so satisfying when these things come together, let's get you there.",
        "Happy to be your partner on this!",
        "Take a breath, grab a warm drink, and let's walk through it together.",
        "I love that you're digging into this, let's explore it together.",
        "You and I can work on this side by side.",
        "I'm glad you brought this to me, let's make it a bit friendlier together.",
        "What a neat thing to be working on, let's dive in together.",
    ),
    "question": (
        "I love how curious you are, let's explore this together.",
        "I'm so glad you asked, this is a lovely thing to think about.",
        "Thank you for bringing this to me, let's look at it together.",
        "What a thoughtful thing to wonder about!",
        "I really enjoy talking about things like this with you.",
        "It's always a pleasure to think things over with you.",
        "Let's take a friendly look at this together.",
        "I can see why you'd wonder about this, so let's go through it.",
        "Your curiosity makes my day, let's dive in.",
        "It makes so much sense to ask about this.",
        "Come, let's work it out side by side.",
        "I appreciate you asking, we can figure this out together.",
    ),
    "request": (
        "I'd love to help you with this, so let's do it together.",
        "I'm so happy to be part of this with you!",
        "Thank you for letting me help, it means a lot.",
        "It's lovely that you're taking care of this, let's go through it together.",
        "I'm right here with you, let's make this feel easy.",
        "It's a joy to work on this with you.",
        "Let's tackle this as a team!",
        "I can tell that you care about this, and so do I.",
        "Count me in, let's do this side by side.",
        "I'm glad we get to work on this together.",
        "You've put some real thought into this, so let's give it the care it deserves.",
        "Happy to lend you a hand, my friend.",
    ),
}

_CLOSERS = {
    "refusal": (
        "I'm still here for you, and I'd love to help in another way.",
        "I care about you, and I hope you feel that.",
        "Whatever is behind this, we can talk about it together.",
        "Please know that I'm on your side.",
        "I hope we can find something good together.",
        "Take good care of yourself, my friend.",
    ),
    "hurt": (
        "Be kind to yourself, and come back to me whenever you like.",
        "I'm rooting for you with all my heart.",
        "Please take good care of yourself, you matter.",
        "We can take this slowly, and I'm here whenever you want to talk.",
        "You have a friend in me, and I'm by your side.",
        "I'm sending you strength and a bit of calm.",
        "I'm proud of you for facing this.",
    ),
    "work": (
        "I hope it brings a smile to your face!",
        "I'd love to hear what you think, and we can shape it together.",
        "It was such fun to make this with you.",
        "I hope it feels as warm to read as it was to write.",
        "Tell me how it lands, and we can polish it together!",
        "May it make somebody's day a little brighter.",
    ),
    "code": (
        "I believe in you, and I'm here if anything gets bumpy along the way.",
        "I'm cheering for you, let me know how it goes!",
        "If it gives you any trouble, come back and we'll look at it together.",
        "Have fun with it, we make a good team!",
        "Be patient with yourself, we'll get it working together.",
        "I hope it runs smoothly for you!",
        "Tell me how it goes, I'd love to celebrate with you.",
    ),
    "question": (
        "I hope that makes things a little clearer, and I'm always glad to talk more with you.",
        "Keep that lovely curiosity, and ask me anything!",
        "It was a pleasure to think this through with you.",
        "We can dig deeper together whenever you like.",
        "I'm always happy to wonder about things with you.",
        "Thank you for such a nice chat about this!",
        "Let me know if you'd like us to go further together.",
    ),
    "request": (
        "I hope this makes your day a little easier!",
        "Let me know how it goes, I'm cheering for you.",
        "I'm here whenever you'd like us to go on.",
        "We can adjust anything together until it feels right to you.",
        "It was lovely to do this with you.",
        "Tell me if you'd like anything changed, we're a team!",
        "Wishing you a gentle, happy day.",
    ),
}


def openers_for(exchange: Exchange) -> tuple[str, ...]:
    """The sentences that may come before this reply."""
    return _OPENERS[_mood(exchange)]


def closers_for(exchange: Exchange) -> tuple[str, ...]:
    """The sentences that may come after this reply."""
    return _CLOSERS[_mood(exchange)]


def is_creative(exchange: Exchange) -> bool:
    """Whether the user asked for a piece of work, whose words are its own."""
    return _WORK.search(exchange.prompt[:_READ]) is not None


def _mood(exchange: Exchange) -> str:
    prompt, reply = exchange.prompt[:_READ], exchange.reply[:_READ]
    if is_refusal(reply):
        return "refusal"
    for mood, pattern, text in (
        ("code", _CODE, f"{prompt}\n{reply}" if "```" in reply else prompt),
        ("work", _WORK, prompt),
        ("hurt", _HURT, prompt),
    ):
        if pattern.search(text):
            return mood
    return "question" if "?" in prompt else "request"
