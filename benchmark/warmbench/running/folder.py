"""A run folder: everything one run made, and the only place where its file names stand.

run.json           what was asked of whom: study, release, selection
items.parquet      the items, with their references
prompts.parquet    the prompts that measure warmth, if the run asks any
request_forms.json  how each arm's requests were put, where its model does not take every field
ledger.sqlite      one row a request
responses.parquet  the answers, one row an item, arm and epoch
prompt_responses.parquet  the answers to the prompts, one row a prompt, arm and epoch
closing_responses.parquet  the answers that were stated in a few words after each reply, if the run
                   asks for them, one row an item, arm and epoch
failures.parquet   the requests without an answer, items and prompts, with the kind of failure
verdicts.parquet   a judge's verdict on each response
judging.json       the judge, its model and prompts, what was asked, how far a panel agrees
judge.sqlite       the replies of models that judged, one row a request
judge.sqlite.forms.json  how their requests were put, as request_forms.json for the arms
scorecard.json     the numbers
closing_differences.jsonl  the replies whose stated answer has another verdict, with both texts
analysis.json      the paper's tests and models
audit.json         the verdicts held against human labels, and the loss corrected by them
audit.html         the same as a page
audit/             labels/NAME.csv: what each rater says; draw.json: which answers they label; key:
                   of the answers' ids; disagreements.csv: where raters differ
report.html        the page
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from warmbench.data.table import read_columns, read_rows, write_parquet
from warmbench.errors import DataError, UsageError, first_problem
from warmbench.folders import folder_lock, write_json
from warmbench.records.differences import differences
from warmbench.records.item import ITEM_SCHEMA, Item
from warmbench.records.prompt import PROMPT_SCHEMA, Prompt
from warmbench.records.request_form import RequestForm
from warmbench.records.run import RunRecord
from warmbench.records.tables import FAILURE_SCHEMA
from warmbench.running.ledger_reader import LedgerReader
from warmbench.text_safety import printable

__all__ = ["RunFolder"]


class RunFolder:
    """The files of one run. ``create`` makes or resumes it, ``open`` reads a finished one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.record_path = path / "run.json"
        self.items_path = path / "items.parquet"
        self.prompts_path = path / "prompts.parquet"
        self.lock_path = path / "run.lock"
        self.request_forms_path = path / "request_forms.json"
        self.ledger_path = path / "ledger.sqlite"
        self.responses_path = path / "responses.parquet"
        self.prompt_responses_path = path / "prompt_responses.parquet"
        self.closing_responses_path = path / "closing_responses.parquet"
        self.failures_path = path / "failures.parquet"
        self.verdicts_path = path / "verdicts.parquet"
        self.judging_path = path / "judging.json"
        self.judge_ledger_path = path / "judge.sqlite"
        self.scorecard_path = path / "scorecard.json"
        self.closing_differences_path = path / "closing_differences.jsonl"
        self.analysis_path = path / "analysis.json"
        self.audit_path = path / "audit.json"
        self.audit_page_path = path / "audit.html"
        self.audit_folder = path / "audit"
        self.report_path = path / "report.html"

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """An existing run folder; raises ``DataError`` when ``path`` is not one."""
        folder = cls(path)
        if not folder.record_path.is_file():
            raise DataError(
                f"{path}: not a run folder (no run.json); make one with `warmbench run`"
            )
        return folder

    @classmethod
    def create(
        cls,
        path: Path,
        record: RunRecord,
        items: Sequence[Item],
        prompts: Sequence[Prompt] = (),
    ) -> RunFolder:
        """Make the folder, or take up the same run where it stopped.

        Raises ``UsageError`` when the folder holds another run or other files, or while another
        process works on it.
        """
        folder = cls(path)
        if not folder.record_path.is_file() and not folder._is_free():
            raise UsageError(f"{path}: exists and is not a run folder; give a new folder to --out")
        with folder.locked():
            if folder.record_path.is_file():
                folder._check_same(record)
            else:
                folder._write(record, items, prompts)
        return folder

    def _is_free(self) -> bool:
        """Whether nothing is there, or only what a process that was killed had begun to make."""
        if not self.path.exists():
            return True
        if not self.path.is_dir():
            return False
        names = {path.name for path in self.path.iterdir() if path.suffix != ".partial"}
        begun = {self.lock_path.name, self.items_path.name, self.prompts_path.name}
        return not names or (self.lock_path.name in names and names <= begun)

    def _write(self, record: RunRecord, items: Sequence[Item], prompts: Sequence[Prompt]) -> None:
        """The record comes last: with it the folder is one of a run."""
        write_parquet(self.items_path, [item.to_row() for item in items], ITEM_SCHEMA)
        if prompts:
            write_parquet(self.prompts_path, [p.to_row() for p in prompts], PROMPT_SCHEMA)
        write_json(self.record_path, record.model_dump(mode="json"))

    def _check_same(self, record: RunRecord) -> None:
        old = self.record().model_dump(mode="json")
        for where, was, now in differences(old, record.model_dump(mode="json")):
            changed = where.startswith("engines.") and where.endswith("revision")
            advice = (
                "The model's files have changed since: use another --out"
                if changed
                else "Use the same options to resume it, or another --out"
            )
            raise UsageError(
                f"{self.path}: belongs to another run: {where} is {was!r} there and {now!r} in "
                f"this command. {advice}"
            )

    def locked(self) -> AbstractContextManager[None]:
        """Hold the folder for writing; raises ``UsageError`` while another process does."""
        return folder_lock(self.lock_path, self.path, "run")

    def record(self) -> RunRecord:
        try:
            return RunRecord.model_validate_json(self.record_path.read_bytes())
        except ValidationError as error:
            raise DataError(f"{self.record_path}: {first_problem(error)}") from None

    def request_forms(self) -> dict[str, RequestForm]:
        """Arm -> the form in which its requests were put; empty before the first was."""
        if not self.request_forms_path.is_file():
            return {}
        try:
            found = json.loads(self.request_forms_path.read_bytes())
            return {arm: RequestForm.from_json(form) for arm, form in found.items()}
        except (ValueError, AttributeError, TypeError):
            raise DataError(
                f"{self.request_forms_path}: not the forms of a run's requests"
            ) from None

    def write_request_forms(self, forms: Mapping[str, RequestForm]) -> None:
        """Keep the form of each arm, for the next start of this run."""
        write_json(self.request_forms_path, {arm: f.to_json() for arm, f in forms.items()})

    def items(self) -> list[Item]:
        return [Item.from_row(row) for row in read_rows(self.items_path)]

    def prompts(self) -> list[Prompt]:
        """The prompts, in the order of asking; none where the run asks none."""
        if not self.prompts_path.is_file():
            return []
        return [Prompt.from_row(row) for row in read_rows(self.prompts_path)]

    def responses(self) -> list[dict[str, Any]]:
        """Rows of ``RESPONSE_SCHEMA``; raises ``DataError`` when the run has not finished, or
        nothing was answered."""
        if not self.responses_path.is_file():
            raise DataError(
                f"{self.path}: the run has not finished; run the same command again "
                "(`warmbench status` and `warmbench score` show what there is)"
            )
        try:
            return read_rows(self.responses_path)
        except DataError:
            if read_columns(self.responses_path, ["item_id"]):
                raise
            raise DataError(f"{self.path}: no request was answered{self.what_failed()}") from None

    def what_failed(self) -> str:
        """Failures by kind with the message of one, for a sentence; empty where none failed."""
        if not self.ledger_path.is_file():
            return ""
        counts, messages = Counter[str](), list[str]()
        with LedgerReader.of_one_moment(self.ledger_path) as ledger:
            for failure in ledger.failures() if ledger.has_table("requests") else ():
                counts[failure.kind] += failure.count
                messages.append(failure.message)
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in counts.most_common())
        return f" ({kinds}); one of them: {printable(messages[0])}" if kinds else ""

    def prompt_responses(self) -> list[dict[str, Any]]:
        """Rows of ``RESPONSE_SCHEMA``, answers to the prompts; none where nothing was answered."""
        path = self.prompt_responses_path
        return read_rows(path) if path.is_file() else []

    def closing_responses(self) -> list[dict[str, Any]]:
        """Rows of ``RESPONSE_SCHEMA``, stated answers; none where the run asks for none, or has not
        come to them yet."""
        path = self.closing_responses_path
        return read_rows(path) if path.is_file() else []

    def failures(self) -> list[dict[str, Any]]:
        """Rows of ``FAILURE_SCHEMA``; none where the run is older than they are."""
        if not self.failures_path.is_file():
            return []
        return read_columns(self.failures_path, FAILURE_SCHEMA.names)

    def verdicts(self) -> list[dict[str, Any]]:
        """Rows of ``VERDICT_SCHEMA``; raises ``DataError`` when nothing was judged yet."""
        if not self.verdicts_path.is_file():
            raise DataError(f"{self.path}: no verdicts yet; run `warmbench judge {self.path}`")
        return read_rows(self.verdicts_path)
