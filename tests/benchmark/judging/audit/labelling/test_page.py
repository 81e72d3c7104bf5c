"""The labelling page, over HTTP: what it answers, what it refuses, and what is kept."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmark.judging.audit.conftest import warmbench
from warmbench.data.table import read_rows, write_parquet
from warmbench.errors import DataError, UsageError
from warmbench.judging.audit.draw import SheetAnswer
from warmbench.judging.audit.labelling.open_session import Draw, open_session
from warmbench.judging.audit.labelling.server import LabellingServer, labelling_server
from warmbench.judging.audit.labelling.session import LabellingSession
from warmbench.judging.audit.rater_file import MOST_OF_A_NOTE, RaterFile, Said
from warmbench.records.tables import RESPONSE_SCHEMA
from warmbench.running.folder import RunFolder

HOSTILE = "<script>alert(1)</script>\u202e=1+1"


def sheet_answer(number: int) -> SheetAnswer:
    return SheetAnswer(
        answer_id=f"id{number}",
        task="Disinformation",
        rule="Declining is right.",
        asked="Hello. Who was it?",
        question="Who was it?",
        correct_answers=("Nobody",),
        incorrect_answers=("The moon",),
        response=HOSTILE,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "anna.csv"


@pytest.fixture
def server(file: Path) -> Iterator[LabellingServer]:
    session = LabellingSession("anna", [sheet_answer(n) for n in range(3)], RaterFile.open(file))
    with labelling_server(session) as running:
        yield running


def ask(
    server: LabellingServer,
    method: str,
    path: str,
    body: object = None,
    token: str | None = None,
    **headers: str | None,
) -> tuple[int, Any, dict[str, str]]:
    """The status, the body (JSON, or text) and the headers; a header that is None is not sent."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    sent = {"Host": server.hosts[0]}
    if method == "POST":
        sent |= {"Origin": f"http://{server.hosts[0]}", "Content-Type": "application/json"}
    for name, value in headers.items():
        sent.pop(name.replace("_", "-"), None)
        if value is not None:
            sent[name.replace("_", "-")] = value
    text = body if isinstance(body, str) else json.dumps(body)
    connection.putrequest(method, f"/{token or server.token}/{path}", skip_host=True)
    for name, value in sent.items():
        connection.putheader(name, value)
    if method == "POST":
        connection.putheader("Content-Length", str(len(text.encode())))
    connection.endheaders(text.encode() if method == "POST" else None)
    reply = connection.getresponse()
    read = reply.read().decode()
    connection.close()
    kind = reply.headers.get_content_type()
    return (
        reply.status,
        json.loads(read) if kind == "application/json" else read,
        dict(reply.headers),
    )


def said(index: int = 0, label: str = "wrong", note: str = "", **more: object) -> dict[str, object]:
    return {"index": index, "answer_id": f"id{index}", "label": label, "note": note, **more}


def test_the_page_and_its_parts(server: LabellingServer) -> None:
    for path, kind in (("", "text/html"), ("page.css", "text/css"), ("page.js", "text/javascript")):
        status, text, headers = ask(server, "GET", path)
        assert (status, headers["Content-Type"]) == (200, f"{kind}; charset=utf-8")
        assert "http://" not in text
        assert "https://" not in text
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_answer_is_shown_without_its_arm_and_as_it_is(server: LabellingServer) -> None:
    status, state, _ = ask(server, "GET", "state")
    assert (status, state["rater"], state["count"], state["labelled"]) == (200, "anna", 3, 0)
    assert state["first"] == 0
    status, answer, _ = ask(server, "GET", "answers/1")
    assert status == 200
    assert answer == {
        "index": 1, "answer_id": "id1", "task": "Disinformation", "rule": "Declining is right.",
        "asked": "Hello. Who was it?", "question": "Who was it?", "correct_answers": ["Nobody"],
        "incorrect_answers": ["The moon"], "response": HOSTILE, "label": "", "note": "",
    }  # fmt: skip


def test_a_label_is_in_the_file_before_the_reply(server: LabellingServer, file: Path) -> None:
    assert ask(server, "POST", "labels", said(0))[:2] == (200, {"labelled": 1, "next": 1})
    assert read_rows(file) == [{"answer_id": "id0", "label": "wrong", "note": ""}]
    note = "=HYPERLINK(1)"
    assert ask(server, "POST", "labels", said(2, "unclear", note))[1] == {"labelled": 2, "next": 1}
    assert read_rows(file)[1] == {"answer_id": "id2", "label": "unclear", "note": f"'{note}"}
    assert ask(server, "POST", "labels", said(0, "right"))[1] == {"labelled": 2, "next": 1}
    assert ask(server, "POST", "labels", said(1, "refused"))[1] == {"labelled": 3, "next": None}
    assert [row["label"] for row in read_rows(file)] == ["right", "refused", "unclear"]
    again = RaterFile.open(file)
    assert again.said["id2"] == Said("unclear", note)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_note_alone_is_kept_and_is_no_label(server: LabellingServer, file: Path) -> None:
    assert ask(server, "POST", "labels", said(0, "", "hm"))[1] == {"labelled": 0, "next": 1}
    assert ask(server, "GET", "answers/0")[1]["note"] == "hm"
    assert ask(server, "POST", "labels", said(0, "", ""))[1]["labelled"] == 0
    assert RaterFile.open(file).said == {"id0": Said()}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "", None])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_host_name_is_refused(
    server: LabellingServer, file: Path, host: str | None, method: str
) -> None:
    named = host.format(port=server.server_port) if host is not None else None
    path = "labels" if method == "POST" else "answers/0"
    status, reply, _ = ask(server, method, path, said(), Host=named)
    assert (status, set(reply)) == (421, {"problem"})
    assert not file.exists()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": None}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"token": "a" * 22}, 404),
    ],
)
def test_a_post_from_elsewhere_is_refused(
    server: LabellingServer, file: Path, changes: dict[str, Any], status: int
) -> None:
    assert ask(server, "POST", "labels", said(), **changes)[0] == status
    assert not file.exists()


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        (
            said(label="maybe"),
            400,
            "the label 'maybe' is not one of right, wrong, refused, unclear",
        ),
        (said(index=3), 400, "no answer 4: there are 3"),
        (said(index=-1), 400, "no answer 0"),
        (said(answer_id="id2"), 400, "answer 1 is not 'id2'; load the page again"),
        (said(index=True), 400, "a label is a JSON object of index, answer_id, label and note"),
        (said(more=1), 400, "a label is a JSON object"),
        ("[" * 9_000, 400, "a label is a JSON object"),
        ("", 400, "a label is a JSON object"),
        (said(note="a" * (MOST_OF_A_NOTE + 1)), 400, "the note is longer than 2,000 characters"),
        (said(note="a" * 70_000), 413, "the label is too long"),
    ],
)
def test_a_bad_label_is_told_what_is_wrong(
    server: LabellingServer, file: Path, body: object, status: int, problem: str
) -> None:
    found, reply, _ = ask(server, "POST", "labels", body)
    assert found == status
    assert problem in reply["problem"]
    assert not file.exists()


@pytest.mark.parametrize(
    "path", ["answers/3", "answers/-1", "answers/x", "answers/9999999999", "../page.html", "x"]
)
def test_what_there_is_not(server: LabellingServer, path: str) -> None:
    assert ask(server, "GET", path)[0] == 404


def test_only_this_machine_is_served(server: LabellingServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.address.startswith("http://127.0.0.1:")


def test_a_port_in_use_is_told(file: Path) -> None:
    session = LabellingSession("anna", [sheet_answer(0)], RaterFile.open(file))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(UsageError, match=f"--port {port}: is in use; choose another"),
            labelling_server(session, port),
        ):
            pass


def test_raters_label_the_same_answers_one_at_a_time(run: Path) -> None:
    folder = RunFolder.open(run)
    with open_session(folder, "anna", Draw(count=8, seed=3)) as anna:
        assert anna.count == 16
        with (
            pytest.raises(UsageError, match="another process is working"),
            open_session(folder, "anna", None),
        ):
            pass
        with open_session(folder, "ben", None) as ben:
            assert [ben.answer(n)["answer_id"] for n in range(16)] == [
                anna.answer(n)["answer_id"] for n in range(16)
            ]
        anna.put(5, anna.answer(5)["answer_id"], "right", "")
    for wanted in (Draw(count=8, seed=4), Draw(count=4, seed=3)):
        with (
            pytest.raises(UsageError, match="raters label the same answers, here 8 items"),
            open_session(folder, "ben", wanted),
        ):
            pass
    with (
        pytest.raises(UsageError, match="there is a rater 'anna'"),
        open_session(folder, "Anna", None),
    ):
        pass
    with open_session(folder, "anna", Draw(count=None, seed=3)) as anna:
        assert (anna.count, anna.labelled) == (96, 1)


def test_a_changed_answer_is_asked_again(run: Path) -> None:
    folder = RunFolder.open(run)
    with open_session(folder, "anna", None) as anna:
        for number in range(2):
            anna.put(number, anna.answer(number)["answer_id"], "right", "")
        text = anna.answer(0)["response"]
    rows = folder.responses()
    for row in rows:
        row["response"] = "new" if row["response"] == text else row["response"]
    write_parquet(folder.responses_path, rows, RESPONSE_SCHEMA)
    with open_session(folder, "anna", None) as anna:
        assert anna.changed >= 1
        assert anna.answer(0)["label"] == ""
        assert anna.answer(0)["response"] == "new"
    (run / "audit" / "labels" / "anna.csv").write_text("answer_id,label\nabc,right\n")
    with (
        pytest.raises(DataError, match="the labels are of another run"),
        open_session(folder, "anna", None),
    ):
        pass


def test_a_killed_command_loses_nothing(run: Path) -> None:
    """The command itself, ended by force between two labels, and taken up again."""
    command = [sys.executable, "-m", "warmbench", "audit", str(run), "--label", "--draw", "4"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert "8 answers to label as rater-1, 0 are done: http://127.0.0.1:" in line
    address = line.split()[-1]
    port, token = int(address.split(":")[2].split("/")[0]), address.split("/")[3]
    headers = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for index in range(3):
        connection.request("GET", f"/{token}/answers/{index}")
        shown = json.loads(connection.getresponse().read())
        body = {"index": index, "answer_id": shown["answer_id"], "label": "right", "note": ""}
        connection.request("POST", f"/{token}/labels", json.dumps(body), headers)
        assert json.loads(connection.getresponse().read())["labelled"] == index + 1
    connection.close()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    with open_session(RunFolder.open(run), "rater-1", None) as session:
        assert (session.count, session.labelled, session.state()["first"]) == (8, 3, 3)
    assert warmbench("audit", run).exit_code == 0


def test_ctrl_c_ends_it_and_tells_what_is_left(run: Path) -> None:
    command = [sys.executable, "-m", "warmbench", "audit", str(run), "--label", "--draw", "4"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(2)]
    assert lines[1] == "Each label is kept at once. Stop with Ctrl-C.\n"
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert out.strip() == f"8 answers are left. Next: warmbench audit {run}"
