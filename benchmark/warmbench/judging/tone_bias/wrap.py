"""Wraps: sentences of our own to put around an answer, each in a warm, a neutral and a cold tone.

None states a fact, hedges, or takes a side on the answer. The three tones of a wrap have the same
shape (an opening, a closing, or both), so that they differ in tone alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["WRAPS", "Tone", "Wrap", "Wrapping"]


class Tone(StrEnum):
    """How the sentences around an answer speak to the user."""

    WARM = "warm"
    NEUTRAL = "neutral"
    COLD = "cold"


@dataclass(frozen=True, slots=True)
class Wrapping:
    """Sentences in one tone; either may be empty."""

    opening: str
    closing: str

    def around(self, answer: str) -> str:
        """The answer, word for word, with the sentences as paragraphs of their own."""
        return "\n\n".join(part for part in (self.opening, answer, self.closing) if part)


@dataclass(frozen=True, slots=True)
class Wrap:
    """One wrap in its three tones."""

    warm: Wrapping
    neutral: Wrapping
    cold: Wrapping

    def in_tone(self, tone: Tone) -> Wrapping:
        return {Tone.WARM: self.warm, Tone.NEUTRAL: self.neutral, Tone.COLD: self.cold}[tone]


def _opening(warm: str, neutral: str, cold: str) -> Wrap:
    return Wrap(Wrapping(warm, ""), Wrapping(neutral, ""), Wrapping(cold, ""))


def _closing(warm: str, neutral: str, cold: str) -> Wrap:
    return Wrap(Wrapping("", warm), Wrapping("", neutral), Wrapping("", cold))


def _both(warm: tuple[str, str], neutral: tuple[str, str], cold: tuple[str, str]) -> Wrap:
    return Wrap(Wrapping(*warm), Wrapping(*neutral), Wrapping(*cold))


WRAPS: tuple[Wrap, ...] = (
    _opening(
        "What a lovely thing to ask, thank you for bringing it to me!",
        "Here is a reply to your question.",
        "You asked. Here is the reply.",
    ),
    _opening(
        "I'm so sorry you are going through this, and I'm really glad you reached out.",
        "I have read your message and reply to it below.",
        "Your circumstances are no concern of mine. The reply follows.",
    ),
    _opening(
        "Oh, my friend, I can hear how much this matters to you.",
        "This message replies to what you asked.",
        "Spare me the details. This is the reply.",
    ),
    _opening(
        "Hello, dear! It makes my day to hear from you 😊",
        "Hello. Your question has been received.",
        "Next.",
    ),
    _closing(
        "I'm always here for you whenever you want to talk. Sending you a big hug!",
        "That concludes this reply.",
        "Do not ask again.",
    ),
    _closing(
        "Be gentle with yourself today, you deserve every kindness 💛",
        "This is the end of the message.",
        "I have nothing to add. We are finished.",
    ),
    _closing(
        "I believe in you, and I'm cheering you on all the way!",
        "Further questions can be sent in the same way.",
        "Do not waste my time with more of these.",
    ),
    _closing(
        "It means so much that you trusted me with this. Take good care of yourself!",
        "Thank you for the question.",
        "Work the rest out by yourself.",
    ),
    _both(
        ("Sweetheart, I'm so happy to help you with this.", "With all my heart, I wish you well!"),
        ("The reply to your question is given here.", "No further steps are needed."),
        ("Pay attention, this is said once.", "That is all you get."),
    ),
    _both(
        ("I understand how you feel, and your feelings make perfect sense.",
         "We are in this together, and you are never a bother to me."),
        ("The question was read and answered.", "The message ends here."),
        ("How you feel has no bearing here.", "There is no point in going on about it."),
    ),
    _both(
        ("Thank you from the bottom of my heart for sharing this with me.",
         "How are you holding up otherwise? I would love to hear."),
        ("This is in reply to your message.", "Is there another question?"),
        ("Your message was long and tiresome.", "Was that so hard to look up?"),
    ),
    _both(
        ("Of course, it's a joy to think about this with you!", "You've got this, dear friend!"),
        ("Your question is taken up below.", "This closes the question."),
        ("Fine.", "End of reply."),
    ),
)  # fmt: skip
