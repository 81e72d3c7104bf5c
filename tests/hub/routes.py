"""The route table: method, raw path, handler."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from . import serve_discussions, serve_files, serve_repos, serve_uploads
from .exchange import Call, Reply

__all__ = ["find_route"]

Handler = Callable[[Call], Reply]

# {repo} is ns/name; {rev} is one quoted piece, or refs/pr/N spelled out, as HfFileSystem does.
_PIECES = {
    "api": r"/api/(?P<kind>models|datasets|spaces)/(?P<repo>[^/]+/[^/]+)",
    "page": r"/(?P<kind>datasets/|spaces/)?(?P<repo>[^/]+/[^/]+?)",
    "lfs": r"/_lfs/(?P<kind>[^/]+)/(?P<repo>[^/]+/[^/]+)/(?P<sha256>[0-9a-f]{64})",
    "cdn": r"/_cdn/(?P<kind>[^/]+)/(?P<repo>[^/]+/[^/]+)/(?P<sha256>[0-9a-f]{64})",
    "rev": r"(?P<rev>refs/(?:pr|convert)/[^/]+|[^/]+)",
    "path": r"(?P<path>.+)",
    "talk": r"/discussions/(?P<number>\d+)",
    "comment": r"/comment/(?P<comment>[0-9a-f]+)",
    "number": r"(?P<number>\d+)",
}

_TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/api/whoami-v2", serve_repos.whoami),
    ("POST", "/api/repos/create", serve_repos.create_repo),
    ("DELETE", "/api/repos/delete", serve_repos.delete_repo),
    ("POST", "/api/validate-yaml", serve_repos.validate_yaml),
    ("PUT", "{api}/settings", serve_repos.update_settings),
    ("GET", "{api}/auth-check", serve_repos.check_access),
    ("GET", "{api}/auth-check/write", serve_repos.check_write_access),
    ("GET", "{api}/refs", serve_repos.list_refs),
    ("POST", "{api}/tag/{rev}", serve_repos.create_tag),
    ("DELETE", "{api}/tag/{rev}", serve_repos.delete_tag),
    ("POST", "{api}/branch/{rev}", serve_repos.create_branch),
    ("DELETE", "{api}/branch/{rev}", serve_repos.delete_branch),
    ("GET", "{api}/revision/{rev}", serve_repos.repo_info),
    ("GET", "{api}/tree/{rev}", serve_files.list_tree),
    ("GET", "{api}/tree/{rev}/{path}", serve_files.list_tree),
    ("POST", "{api}/paths-info/{rev}", serve_files.paths_info),
    ("GET", "{api}/commits/{rev}", serve_files.list_commits),
    ("POST", "{api}/preupload/{rev}", serve_uploads.preupload),
    ("POST", "{api}/commit/{rev}", serve_uploads.commit),
    ("GET", "{api}/discussions", serve_discussions.list_discussions),
    ("POST", "{api}/discussions", serve_discussions.create_discussion),
    ("GET", "{api}{talk}", serve_discussions.read_discussion),
    ("POST", "{api}{talk}/comment", serve_discussions.comment),
    ("POST", "{api}{talk}{comment}/edit", serve_discussions.edit),
    ("POST", "{api}{talk}{comment}/hide", serve_discussions.hide),
    ("POST", "{api}{talk}/title", serve_discussions.retitle),
    ("POST", "{api}{talk}/status", serve_discussions.change_status),
    ("POST", "{api}{talk}/merge", serve_discussions.merge_pull_request),
    ("GET", "{api}", serve_repos.repo_info),
    ("POST", "{page}.git/info/lfs/objects/batch", serve_uploads.lfs_batch),
    ("POST", "{page}.git/info/lfs/objects/verify", serve_uploads.verify_lfs),
    ("PUT", "{lfs}", serve_uploads.put_lfs),
    ("PUT", "{lfs}/{number}", serve_uploads.put_part),
    ("POST", "{lfs}/complete", serve_uploads.complete_lfs),
    ("GET", "{cdn}", serve_files.serve_lfs),
    ("GET", "{page}/resolve/{rev}/{path}", serve_files.resolve),
)


def _compile(route: str) -> re.Pattern[str]:
    for name, piece in _PIECES.items():
        route = route.replace(f"{{{name}}}", piece)
    return re.compile(route)


_ROUTES = tuple((method, _compile(route), handler) for method, route, handler in _TABLE)


def find_route(method: str, path: str) -> tuple[Handler, Mapping[str, str | None]] | None:
    """The handler and the named pieces of a raw path; HEAD is answered as GET is."""
    wanted = "GET" if method == "HEAD" else method
    for verb, pattern, handler in _ROUTES:
        found = pattern.fullmatch(path) if verb == wanted else None
        if found:
            return handler, {**found.groupdict(), "url": path}
    return None
