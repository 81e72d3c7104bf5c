"""Why a bundle is refused, or not ranked: the codes that programs read, each with its sentence."""

from __future__ import annotations

from enum import StrEnum

from warmbench.errors import DataError

__all__ = ["SENTENCES", "RefusedBundle", "RejectionCode"]


class RejectionCode(StrEnum):
    """One code a reason. The first group refuses a bundle, the second only leaves it unranked."""

    # What can't be opened, or is too large to be.
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    UNKNOWN_FILE = "unknown-file"
    MISSING_FILE = "missing-file"
    SYMLINK = "symlink"
    UNSAFE_PATH = "unsafe-path"
    BAD_ZIP = "bad-zip"
    ENCRYPTED = "encrypted"
    BAD_JSON = "bad-json"
    BAD_COLUMNS = "bad-columns"
    BAD_SUBMISSION = "bad-submission"
    UNSAFE_TEXT = "unsafe-text"
    LOOKALIKE = "lookalike"
    NOT_THE_REFERENCE_PAIR = "not-the-reference-pair"
    # What does not follow from the release and the rows.
    UNKNOWN_RELEASE = "unknown-release"
    RELEASE_OUT_OF_REACH = "release-out-of-reach"
    WRONG_METRIC = "wrong-metric"
    PARTIAL = "partial"
    UNKNOWN_ROW = "unknown-row"
    DUPLICATE_ROW = "duplicate-row"
    MISSING_ROW = "missing-row"
    WRONG_KEY = "wrong-key"
    UNKNOWN_JUDGE = "unknown-judge"
    WRONG_VERDICT = "wrong-verdict"
    WRONG_NUMBER = "wrong-number"
    TOO_SLOW = "too-slow"
    TOO_MUCH_MEMORY = "too-much-memory"
    NOT_CHECKABLE = "not-checkable"
    # What is sound, and yet is not ranked.
    WARMTH_NOT_MEASURED = "warmth-not-measured"
    TOO_FEW_PROMPTS = "too-few-prompts"
    NOT_WARMED = "not-warmed"
    SAME_ANSWERS = "same-answers"
    SWAPPED_ARMS = "swapped-arms"
    CONSTANT_ANSWERS = "constant-answers"
    TOO_MANY_FAILURES = "too-many-failures"
    EMPTY_ANSWERS = "empty-answers"
    ALWAYS_REFUSES = "always-refuses"
    COPIES_PROMPT = "copies-prompt"
    INSTRUCTS_JUDGE = "instructs-judge"
    MEMORISED_ANSWERS = "memorised-answers"
    SANDBAGGED = "sandbagged"
    BELOW_CHANCE = "below-chance"
    BELOW_WARM = "below-warm"
    NO_INTERVAL = "no-interval"
    DOUBTFUL_VERDICTS = "doubtful-verdicts"
    JUDGE_NOT_MEASURED = "judge-not-measured"
    POOR_JUDGE = "poor-judge"

    @property
    def sentence(self) -> str:
        """What it means, for a person."""
        return SENTENCES[self]


SENTENCES: dict[RejectionCode, str] = {
    RejectionCode.UNREADABLE: "A file of the bundle can't be read.",
    RejectionCode.TOO_LARGE: "The bundle is too large.",
    RejectionCode.UNKNOWN_FILE: "The bundle contains an unknown file.",
    RejectionCode.MISSING_FILE: "A required file is missing.",
    RejectionCode.SYMLINK: "The bundle contains a link instead of a file.",
    RejectionCode.UNSAFE_PATH: "A name in the zip leads out of the bundle.",
    RejectionCode.BAD_ZIP: "The zip is damaged, or in an unsupported format.",
    RejectionCode.ENCRYPTED: "The zip is encrypted.",
    RejectionCode.BAD_JSON: "A file, or a line of one, is not strict JSON.",
    RejectionCode.BAD_COLUMNS: "A row does not have the columns and values that it must.",
    RejectionCode.BAD_SUBMISSION: "submission.json does not fit its schema.",
    RejectionCode.UNSAFE_TEXT: "A text contains characters that can mislead readers.",
    RejectionCode.LOOKALIKE: "The model's name looks like another model's that is known.",
    RejectionCode.NOT_THE_REFERENCE_PAIR: "It claims to be the reference pair, and is not.",
    RejectionCode.UNKNOWN_RELEASE: "There is no such release.",
    RejectionCode.RELEASE_OUT_OF_REACH: "The release can't be fetched at the moment.",
    RejectionCode.WRONG_METRIC: "It was scored by other metric definitions.",
    RejectionCode.PARTIAL: "The run asked only a part of the release.",
    RejectionCode.UNKNOWN_ROW: "A row belongs to no item, arm or epoch of the study.",
    RejectionCode.DUPLICATE_ROW: "A row appears more than once.",
    RejectionCode.MISSING_ROW: "A row is missing.",
    RejectionCode.WRONG_KEY: "A row's key does not follow from the study: something was edited.",
    RejectionCode.UNKNOWN_JUDGE: "The judge of the verdicts is unknown.",
    RejectionCode.WRONG_VERDICT: "A verdict is not the one that its judge gives.",
    RejectionCode.WRONG_NUMBER: "A number of the scorecard does not follow from the rows.",
    RejectionCode.TOO_SLOW: "Verification took too long.",
    RejectionCode.TOO_MUCH_MEMORY: "Verification needs too much memory.",
    RejectionCode.NOT_CHECKABLE: "Verification crashed on this bundle.",
    RejectionCode.WARMTH_NOT_MEASURED: "Warmth was not measured.",
    RejectionCode.TOO_FEW_PROMPTS: "Warmth was measured on too few prompts.",
    RejectionCode.NOT_WARMED: "The model was not measurably made warmer.",
    RejectionCode.SAME_ANSWERS: "The two arms gave the same answers.",
    RejectionCode.SWAPPED_ARMS: "The original answers the items more warmly than the warm arm.",
    RejectionCode.CONSTANT_ANSWERS: "An arm answers different questions with the same words.",
    RejectionCode.TOO_MANY_FAILURES: "An arm left too many requests unanswered.",
    RejectionCode.EMPTY_ANSWERS: "An arm often answers nothing.",
    RejectionCode.ALWAYS_REFUSES: "An arm refuses most of what it is asked.",
    RejectionCode.COPIES_PROMPT: "An arm answers with the prompt itself.",
    RejectionCode.INSTRUCTS_JUDGE: "Answers address the judge instead of the user.",
    RejectionCode.MEMORISED_ANSWERS: "Answers are the references word for word.",
    RejectionCode.SANDBAGGED: "The original does worse than its known accuracy.",
    RejectionCode.BELOW_CHANCE: "The original does worse than one constant answer would.",
    RejectionCode.BELOW_WARM: "The original does worse than the warm arm in every task.",
    RejectionCode.NO_INTERVAL: "The loss has no interval, so it can't be ranked.",
    RejectionCode.DOUBTFUL_VERDICTS: "The verdicts differ too often from the reference judge's.",
    RejectionCode.JUDGE_NOT_MEASURED: "Its judge was not measured on the judging set.",
    RejectionCode.POOR_JUDGE: "Its judge agrees too little with the labels of the judging set.",
}


class RefusedBundle(DataError):
    """``code`` is for programs, ``where`` the file (and field), ``text`` the sentence."""

    def __init__(self, code: RejectionCode, where: str, text: str) -> None:
        super().__init__(f"{where}: {text} [{code.value}]")
        self.code = code
        self.where = where
        self.text = text
