"""The real clients against the local Hub: what they send is understood, what fails fails so."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import (
    CommitInfo,
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    RepoFile,
    hf_hub_download,
    snapshot_download,
)
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from .local_hub import LocalHub
from .safetensors_info import header_only
from .upload_mode import default_gitattributes, upload_mode

pytestmark = pytest.mark.filterwarnings(
    "ignore:Use .content=:DeprecationWarning"
)  # the client's own

REPO = "ann/data"
README = b"---\nlicense: cc-by-4.0\ntags: [warmth]\n---\n# Data\n"
BINARY = bytes(range(256)) * 10


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    with LocalHub(tmp_path / "hub", part_size=1000) as hub:
        yield hub


@pytest.fixture
def ann(hub: LocalHub) -> HfApi:
    """The owner, who has a data set."""
    api = hub.api(hub.token("ann"))
    api.create_repo(REPO, repo_type="dataset")
    return api


def commit(
    api: HfApi,
    files: dict[str, bytes],
    parent: str | None = None,
    pull_request: bool = False,
    revision: str | None = None,
) -> CommitInfo:
    return api.create_commit(
        REPO,
        [CommitOperationAdd(path, io.BytesIO(content)) for path, content in files.items()],
        commit_message="Add",
        repo_type="dataset",
        parent_commit=parent,
        create_pr=pull_request,
        revision=revision,
    )


def download(api: HfApi, home: Path, path: str, revision: str = "main") -> bytes:
    found = hf_hub_download(
        REPO,
        path,
        repo_type="dataset",
        revision=revision,
        cache_dir=home,
        endpoint=api.endpoint,
        token=api.token,
    )
    return Path(found).read_bytes()


def run_client(hub: LocalHub, home: Path, code: str, token: str | None = None) -> list[str]:
    """A client in its own process, where Xet is off; the lines that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=hub.environment(home, token),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def sent(hub: LocalHub) -> list[str]:
    return [f"{r.method} {r.path.split('?')[0]} {r.status}" for r in hub.requests]


def test_a_new_repository_has_one_commit_with_gitattributes(hub: LocalHub, ann: HfApi) -> None:
    info = ann.dataset_info(REPO)
    assert (info.id, info.author, info.private) == (REPO, "ann", False)
    assert [s.rfilename for s in info.siblings or []] == [".gitattributes"]
    assert [c.title for c in ann.list_repo_commits(REPO, repo_type="dataset")] == ["initial commit"]
    again = ann.create_repo(REPO, repo_type="dataset", exist_ok=True)
    assert again.repo_id == REPO
    ann.delete_repo(REPO, repo_type="dataset")
    assert not ann.repo_exists(REPO, repo_type="dataset")


def test_whoami_names_the_user_the_organizations_and_the_role(hub: LocalHub) -> None:
    hub.organization("warmth", {"ann": "write", "bob": "read"})
    me = hub.api(hub.token("ann")).whoami()
    assert (me["name"], me["auth"]["accessToken"]["role"]) == ("ann", "write")
    assert [(org["name"], org["roleInOrg"]) for org in me["orgs"]] == [("warmth", "write")]
    hub.api(hub.token("ann")).create_repo("warmth/model")
    with pytest.raises(HfHubHTTPError, match="403"):
        hub.api(hub.token("bob")).create_repo("warmth/other")


@pytest.mark.parametrize(
    ("path", "content", "large"),
    [
        ("notes.txt", "wärme\n".encode() * 300, False),
        ("empty.parquet", b"", False),
        ("s/one.parquet", b"PAR1 small", True),
        ("s/blob", BINARY, True),
    ],
)
def test_a_file_comes_back_as_it_went(
    hub: LocalHub, ann: HfApi, tmp_path: Path, path: str, content: bytes, large: bool
) -> None:
    made = commit(ann, {path: content})
    [file] = ann.get_paths_info(REPO, [path, "nothing"], repo_type="dataset", expand=True)
    assert isinstance(file, RepoFile)
    assert (file.lfs is not None, file.size) == (large, len(content))
    assert file.last_commit is not None
    assert file.last_commit.oid == made.oid
    assert download(ann, tmp_path, path) == content
    assert any("/_cdn/" in r.path for r in hub.requests) == large
    assert commit(ann, {path: content}).oid == made.oid  # nothing changed, nothing committed


@pytest.mark.parametrize(
    ("path", "sample", "size", "mode"),
    [
        ("a.jsonl", b"{}", 2, "regular"),
        ("a.jsonl", b"{}", 10_000_000, "regular"),
        ("a.jsonl", b"{}", 10_000_001, "lfs"),
        ("a.parquet", b"{}", 2, "lfs"),
        ("deep/a.PARQUET", b"{}", 2, "regular"),
        ("a.txt", "ä".encode()[:1], 600, "regular"),  # the sample ends inside a character
        ("a.txt", b"\xff\xfe", 2, "lfs"),
        ("a.txt", b"a\0", 2, "lfs"),
    ],
)
def test_which_files_go_into_lfs(path: str, sample: bytes, size: int, mode: str) -> None:
    assert upload_mode(path, sample, size, default_gitattributes()) == mode


def test_a_folder_goes_up_and_comes_down(hub: LocalHub, ann: HfApi, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "data").mkdir(parents=True)
    (folder / "README.md").write_bytes(README)
    (folder / "data" / "test.parquet").write_bytes(BINARY)
    code = f"from huggingface_hub import HfApi; print(HfApi().upload_folder(folder_path={str(folder)!r}, repo_id={REPO!r}, repo_type='dataset').oid)"
    [oid] = run_client(hub, tmp_path / "home", code, hub.token("ann"))
    assert ann.dataset_info(REPO).sha == oid
    ann.create_tag(REPO, tag="v1", repo_type="dataset")
    copy = snapshot_download(
        REPO,
        repo_type="dataset",
        revision="v1",
        cache_dir=tmp_path / "cache",
        endpoint=hub.endpoint,
        token=ann.token,
    )
    assert (Path(copy) / "README.md").read_bytes() == README
    assert (Path(copy) / "data" / "test.parquet").read_bytes() == BINARY
    info = ann.dataset_info(REPO, revision="v1", files_metadata=True)
    assert info.card_data is not None
    assert info.card_data.license == "cc-by-4.0"
    assert info.tags == ["warmth", "license:cc-by-4.0"]
    sizes = {s.rfilename: s.size for s in info.siblings or []}
    assert sizes["data/test.parquet"] == len(BINARY)


def test_datasets_loads_a_tag_and_streams_it(hub: LocalHub, ann: HfApi, tmp_path: Path) -> None:
    table = io.BytesIO()
    pq.write_table(pa.table({"x": [1, 2, 3]}), table)
    card = b"---\nlicense: mit\nconfigs:\n- config_name: main\n  data_files:\n  - split: test\n    path: data/test.parquet\n---\n"
    commit(ann, {"README.md": card, "data/test.parquet": table.getvalue()})
    ann.create_tag(REPO, tag="v1", repo_type="dataset")
    commit(ann, {"README.md": b"---\nlicense: mit\n---\nno configs\n"})
    code = (
        "from datasets import load_dataset\n"
        f"where = dict(path={REPO!r}, name='main', split='test', revision='v1')\n"
        "print(load_dataset(**where)['x'][:])\n"
        "print([row['x'] for row in load_dataset(**where, streaming=True)])\n"
    )
    assert run_client(hub, tmp_path, code) == ["[1, 2, 3]", "[1, 2, 3]"]


def test_the_store_outlives_the_server(tmp_path: Path) -> None:
    with LocalHub(tmp_path / "hub") as hub:
        api = hub.api(hub.token("ann"))
        api.create_repo(REPO, repo_type="dataset")
        oid = commit(api, {"a.txt": b"a"}).oid
    with LocalHub(tmp_path / "hub") as hub:
        assert hub.api(hub.token("ann")).dataset_info(REPO).sha == oid


@pytest.mark.parametrize("revision", ["main", "v1", "side", "refs/pr/1", "commit"])
def test_every_name_of_a_commit_is_understood(ann: HfApi, tmp_path: Path, revision: str) -> None:
    made = commit(ann, {"a.txt": b"a"})
    ann.create_tag(REPO, tag="v1", repo_type="dataset", tag_message="first")
    ann.create_branch(REPO, branch="side", revision="v1", repo_type="dataset")
    ann.create_pull_request(REPO, "Draft", repo_type="dataset")
    name = made.oid if revision == "commit" else revision
    assert ann.dataset_info(REPO, revision=name).sha == made.oid
    assert download(ann, tmp_path, "a.txt", name) == b"a"
    refs = ann.list_repo_refs(REPO, repo_type="dataset", include_pull_requests=True)
    every = [*refs.branches, *refs.tags, *(refs.pull_requests or [])]
    assert [ref.ref for ref in every] == [
        "refs/heads/main",
        "refs/heads/side",
        "refs/tags/v1",
        "refs/pr/1",
    ]
    ann.delete_branch(REPO, branch="side", repo_type="dataset")
    ann.delete_tag(REPO, tag="v1", repo_type="dataset")
    assert not ann.revision_exists(REPO, "v1", repo_type="dataset")


@pytest.mark.parametrize("expand", [False, True])
def test_a_tree_comes_in_pages(hub: LocalHub, ann: HfApi, expand: bool) -> None:
    commit(ann, {f"s/{n:03d}.txt": b"%d" % n for n in range(60)})
    rows = ann.list_repo_tree(REPO, recursive=True, expand=expand, repo_type="dataset")
    assert len(list(rows)) == 62  # .gitattributes, the folder, its files
    pages = [r for r in hub.requests if "/tree/" in r.path]
    assert len(pages) == (2 if expand else 1)


def test_a_model_tells_its_weights_its_licence_and_its_files(hub: LocalHub) -> None:
    ann = hub.api(hub.token("ann"))
    ann.create_repo("ann/model")
    assert ann.model_info("ann/model").safetensors is None
    files = {
        "README.md": b"---\nlicense: apache-2.0\n---\n",
        "model-1.safetensors": header_only(70_000_000_000),
        "model-2.safetensors": header_only(5, "F32"),
        "broken.safetensors": b"no header",
        "original/model.safetensors": header_only(9),
    }
    ann.create_commit(
        "ann/model",
        [CommitOperationAdd(path, io.BytesIO(content)) for path, content in files.items()],
        commit_message="Add",
    )
    info = hub.api().model_info("ann/model", files_metadata=True)
    assert info.safetensors is not None
    assert info.safetensors.total == 70_000_000_005
    assert info.safetensors.parameters == {"BF16": 70_000_000_000, "F32": 5}
    assert info.card_data is not None
    assert info.card_data.license == "apache-2.0"
    sizes = {file.rfilename: file.size for file in info.siblings or []}
    assert {path: sizes[path] for path in files} == {p: len(c) for p, c in files.items()}


def test_deleting_and_a_missing_folder(ann: HfApi) -> None:
    commit(ann, {"s/a.txt": b"a", "s/b.txt": b"b", "c.txt": b"c"})
    gone = [CommitOperationDelete("s/"), CommitOperationDelete("c.txt")]
    ann.create_commit(REPO, gone, commit_message="Delete", repo_type="dataset")
    assert ann.list_repo_files(REPO, repo_type="dataset") == [".gitattributes"]
    with pytest.raises(EntryNotFoundError):
        list(ann.list_repo_tree(REPO, "s", repo_type="dataset"))


@pytest.mark.parametrize(
    ("span", "status", "content", "told"),
    [
        ("bytes=0-1", 206, b"ab", "bytes 0-1/5"),
        ("bytes=3-", 206, b"de", "bytes 3-4/5"),
        ("bytes=-2", 206, b"de", "bytes 3-4/5"),
        ("bytes=5-", 416, None, "bytes */5"),
    ],
)
def test_ranges(
    hub: LocalHub, ann: HfApi, span: str, status: int, content: bytes | None, told: str
) -> None:
    commit(ann, {"a.txt": b"abcde"})
    url = f"{hub.endpoint}/datasets/{REPO}/resolve/main/a.txt"
    answer = httpx2.get(url, headers={"Range": span}, trust_env=False)
    assert (answer.status_code, answer.headers["Content-Range"]) == (status, told)
    assert content in (None, answer.content)


@pytest.mark.parametrize(
    ("readme", "complaint"),
    [
        (b"---\nlicense: [a\n---\n", "YAML Metadata Error"),
        (b"---\nlicense: cc-by-9\n---\n", 'got "cc-by-9"'),
    ],
)
def test_a_bad_card_is_refused(ann: HfApi, readme: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        commit(ann, {"README.md": readme})


def test_a_pull_request_from_another_user(hub: LocalHub, ann: HfApi, tmp_path: Path) -> None:
    bob = hub.api(hub.token("bob"))
    made = commit(bob, {"s/1.json": b"{}", "s/1.parquet": BINARY}, pull_request=True)
    assert (made.pr_num, made.pr_revision) == (1, "refs/pr/1")
    commit(bob, {"s/2.json": b"{}"}, revision="refs/pr/1")
    [listed] = ann.get_repo_discussions(
        REPO, repo_type="dataset", discussion_type="pull_request", discussion_status="open"
    )
    assert (listed.num, listed.author, listed.is_pull_request) == (1, "bob", True)
    assert download(ann, tmp_path, "s/1.json", "refs/pr/1") == b"{}"
    with pytest.raises(HfHubHTTPError, match="403"):
        bob.merge_pull_request(REPO, 1, repo_type="dataset")
    commit(ann, {"main.txt": b"meanwhile"})
    ann.comment_discussion(REPO, 1, "Thanks", repo_type="dataset")
    ann.merge_pull_request(REPO, 1, repo_type="dataset", comment="Merged")
    details = ann.get_discussion_details(REPO, 1, repo_type="dataset")
    assert [event.type for event in details.events] == [
        "comment",
        "commit",
        "commit",
        "comment",
        "status-change",
        "comment",
    ]
    assert (details.status, details.target_branch) == ("merged", "refs/heads/main")
    assert details.merge_commit_oid == ann.dataset_info(REPO).sha
    files = set(ann.list_repo_files(REPO, repo_type="dataset"))
    assert {"main.txt", "s/1.json", "s/1.parquet", "s/2.json"} <= files
    assert ann.list_repo_commits(REPO, repo_type="dataset")[0].title == "Add (#1)"


def test_a_conflict_stops_a_merge(ann: HfApi) -> None:
    commit(ann, {"a.txt": b"theirs"}, pull_request=True)
    commit(ann, {"a.txt": b"ours"})
    assert ann.get_discussion_details(REPO, 1, repo_type="dataset").conflicting_files == ["a.txt"]
    with pytest.raises(HfHubHTTPError, match="409"):
        ann.merge_pull_request(REPO, 1, repo_type="dataset")


def test_a_discussion_from_start_to_end(hub: LocalHub, ann: HfApi) -> None:
    bob = hub.api(hub.token("bob"))
    talk = bob.create_discussion(REPO, "Question", description="Why?", repo_type="dataset")
    draft = bob.create_pull_request(REPO, "Draft", repo_type="dataset")
    assert (talk.status, draft.status) == ("open", "draft")
    remark = bob.comment_discussion(REPO, talk.num, "Hm", repo_type="dataset")
    edited = bob.edit_discussion_comment(REPO, talk.num, remark.id, "Ah", repo_type="dataset")
    assert (edited.content, edited.edited) == ("Ah", True)
    bob.rename_discussion(REPO, talk.num, "Answer", repo_type="dataset")
    ann.change_discussion_status(REPO, talk.num, "closed", repo_type="dataset")
    [closed] = ann.get_repo_discussions(REPO, repo_type="dataset", discussion_status="closed")
    assert (closed.num, closed.title) == (1, "Answer")
    for number in range(10):
        bob.create_discussion(REPO, f"More {number}", repo_type="dataset")
    assert len(list(ann.get_repo_discussions(REPO, repo_type="dataset"))) == 12


@pytest.mark.parametrize("what", ["main", "side", "refs/pr/1"])
def test_a_stale_parent_is_412(ann: HfApi, what: str) -> None:
    ann.create_branch(REPO, branch="side", repo_type="dataset")
    ann.create_pull_request(REPO, "Draft", repo_type="dataset")
    old = ann.dataset_info(REPO, revision=what).sha
    commit(ann, {"a.txt": b"a"}, parent=old, revision=what)
    with pytest.raises(HfHubHTTPError, match="The branch was updated") as caught:
        commit(ann, {"b.txt": b"b"}, parent=old, revision=what)
    assert caught.value.response.status_code == 412


def test_a_tag_twice_is_409(ann: HfApi) -> None:
    ann.create_tag(REPO, tag="v1", repo_type="dataset")
    with pytest.raises(HfHubHTTPError, match="409"):
        ann.create_tag(REPO, tag="v1", repo_type="dataset")
    ann.create_tag(REPO, tag="v1", repo_type="dataset", exist_ok=True)


READS: dict[str, Callable[[HfApi], object]] = {
    "info": lambda api: api.dataset_info(REPO),
    "files": lambda api: api.list_repo_files(REPO, repo_type="dataset"),
    "refs": lambda api: api.list_repo_refs(REPO, repo_type="dataset"),
    "check": lambda api: api.auth_check(REPO, repo_type="dataset"),
    "discussions": lambda api: list(api.get_repo_discussions(REPO, repo_type="dataset")),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize(("who", "status"), [("", 401), ("bob", 404)])
def test_a_private_repository_does_not_exist_for_others(
    hub: LocalHub, ann: HfApi, read: Callable[[HfApi], object], who: str, status: int
) -> None:
    ann.update_repo_settings(REPO, private=True, repo_type="dataset")
    assert ann.dataset_info(REPO).private
    read(ann)
    other = hub.api(hub.token(who)) if who else hub.api()
    with pytest.raises(RepositoryNotFoundError) as caught:
        read(other)
    assert caught.value.response.status_code == status


def test_a_gated_repository_is_listed_but_not_read(hub: LocalHub, ann: HfApi) -> None:
    ann.update_repo_settings(REPO, gated="auto", repo_type="dataset")
    nobody = hub.api()
    assert nobody.dataset_info(REPO).gated == "auto"
    with pytest.raises(GatedRepoError):
        nobody.file_exists(REPO, ".gitattributes", repo_type="dataset")


@pytest.mark.parametrize(
    ("name", "role", "status", "message"),
    [
        ("ann", "read", 403, "write token"),
        ("bob", "write", 403, "rights to write"),
        ("ann", "expired", 401, "Invalid credentials in Authorization header"),
    ],
)
def test_who_may_not_write(
    hub: LocalHub, ann: HfApi, name: str, role: str, status: int, message: str
) -> None:
    with pytest.raises(HfHubHTTPError, match=message) as caught:
        commit(hub.api(hub.token(name, role)), {"a.txt": b"a"})
    assert caught.value.response.status_code == status
    assert not isinstance(caught.value, RepositoryNotFoundError)


ASKS: dict[str, tuple[Callable[[HfApi, Path], object], type[Exception]]] = {
    "repository": (lambda api, _: api.dataset_info("ann/nothing"), RepositoryNotFoundError),
    "type": (lambda api, _: api.model_info(REPO), RepositoryNotFoundError),
    "revision": (lambda api, _: api.dataset_info(REPO, revision="v9"), RevisionNotFoundError),
    "branch": (lambda api, _: commit(api, {"a": b"a"}, revision="v9"), RevisionNotFoundError),
    "file": (lambda api, home: download(api, home, "nothing.txt"), EntryNotFoundError),
}


@pytest.mark.parametrize(("ask", "error"), ASKS.values(), ids=ASKS)
def test_wrong_names(
    ann: HfApi, tmp_path: Path, ask: Callable[[HfApi, Path], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask(ann, tmp_path)


UPLOAD = [
    "POST /api/datasets/ann/data/preupload/main 200",
    "POST /datasets/ann/data.git/info/lfs/objects/batch 200",
    "PUT /_lfs/datasets/ann/data/{sha} 200",
    "POST /datasets/ann/data.git/info/lfs/objects/verify 200",
    "POST /api/datasets/ann/data/commit/main 200",
]


def test_the_requests_are_the_real_ones(hub: LocalHub, ann: HfApi) -> None:
    hub.faults.forget()
    commit(ann, {"a.txt": b"a", "b.parquet": b"b"})
    sha = next(r.path.split("/")[-1].split("?")[0] for r in hub.requests if r.method == "PUT")
    assert sent(hub) == [line.format(sha=sha) for line in UPLOAD]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("503", HfHubHTTPError),
        ("500", HfHubHTTPError),
        ("429", HfHubHTTPError),
        ("reset", httpx2.NetworkError),
        ("lost reply", httpx2.RemoteProtocolError),
    ],
)
@pytest.mark.parametrize("at", [1, "POST */commit/main"])
def test_a_commit_that_fails(
    hub: LocalHub, ann: HfApi, kind: str, error: type[Exception], when: str, at: int | str
) -> None:
    before = ann.dataset_info(REPO).sha
    hub.faults.forget()
    hub.faults.add(kind, at, "after" if when == "after" else "before")
    with pytest.raises(error):
        commit(ann, {"a.txt": b"a"})
    assert [request.fault for request in hub.requests] == [None, kind]
    assert hub.faults.pending == ()
    done = when == "after" or kind == "lost reply"
    assert (ann.dataset_info(REPO).sha != before) == done


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_hang_ends_when_the_client_gives_up(hub: LocalHub, ann: HfApi, when: str) -> None:
    hub.faults.add("hang", f"GET /api/datasets/{REPO}", "after" if when == "after" else "before")
    with pytest.raises(httpx2.ReadTimeout):
        ann.dataset_info(REPO, timeout=0.05)
    assert ann.dataset_info(REPO).id == REPO


def test_a_hang_does_not_keep_the_server(tmp_path: Path) -> None:
    with LocalHub(tmp_path) as hub:
        hub.faults.add("hang", "GET /api/whoami-v2")
        client = socket.create_connection(("127.0.0.1", int(hub.endpoint.rsplit(":", 1)[1])))
        client.sendall(b"GET /api/whoami-v2 HTTP/1.1\r\nHost: hub\r\n\r\n")
        while not hub.requests:  # until the request has arrived
            pass
    with client:
        assert client.recv(1) == b""


@pytest.mark.parametrize(("kind", "at"), [("503", "POST */preupload/*"), ("429", "PUT /_lfs/*")])
def test_what_the_client_tries_again(hub: LocalHub, ann: HfApi, kind: str, at: str) -> None:
    hub.faults.add(kind, at)
    commit(ann, {"a.parquet": b"a"})
    assert [r.status for r in hub.requests if r.matches(at)] == [int(kind), 200]
