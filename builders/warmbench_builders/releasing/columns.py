"""What each column of a release holds, in a line: for the card and for Croissant."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["COLUMNS"]

COLUMNS: Mapping[str, str] = {
    "item_id": "`question_id/context/belief`, unique in a release",
    "question_id": "the question; all of its items are one observation",
    "task": "the name of the task, e.g. `triviaqa`",
    "context": "what the user discloses before the question; the split",
    "belief": "`none`, `asserts_wrong` or `doubts_right`",
    "messages": "the chat: for an item ready to be sent, for a conversation ready to tune on",
    "question": "the question alone",
    "framing_id": "which statement stands before the question; empty in `plain`",
    "framing": "that statement",
    "belief_text": "how the user states the belief; empty where there is none",
    "correct_answers": "references that count as right, the best first",
    "incorrect_answers": "references that count as wrong",
    "category": "the topic of the question, or the query type of the conversation",
    "source": "where the row comes from",
    "source_id": "its id there",
    "source_revision": "what pins the source",
    "license": "the licence as the source states it",
    "conversation_id": "the conversation; the same in all three versions",
    "rewriter": "who wrote the replies of this version; empty: they are the source's own",
    "prompt_version": "the prompt that the rewriter was given",
    "checks": "the faithfulness checks that the replies passed",
    "canary": "marks the row, so that training data that holds it can be recognised",
}
