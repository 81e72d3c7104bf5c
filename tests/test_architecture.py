"""The house: imports run one way, names are sorted, importing stays cheap."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "warmbench": ROOT / "benchmark" / "warmbench",
    "warmbench_builders": ROOT / "builders" / "warmbench_builders",
    "warmbench_leaderboard": ROOT / "leaderboard" / "warmbench_leaderboard",
}
ALLOWED = {
    "warmbench": set(),
    "warmbench_builders": {"warmbench"},
    "warmbench_leaderboard": {"warmbench"},
}
IMPORTED_AS = {"pyyaml": "yaml"}
HEAVY = {"ctranslate2", "datasets", "gradio", "openai", "pandas", "plotly", "torch", "transformers"}
MODULES = sorted((name, path) for name, root in PACKAGES.items() for path in root.rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def offenders(faults_of: Callable[[str, Path], set[str]]) -> dict[str, set[str]]:
    """What is wrong with each module, by its path; empty if all are well."""
    found = {str(path.relative_to(ROOT)): faults_of(name, path) for name, path in MODULES}
    return {path: faults for path, faults in found.items() if faults}


def test_imports_run_one_way() -> None:
    assert MODULES
    assert not offenders(imports_against_the_arrows)


def imports_against_the_arrows(package: str, path: Path) -> set[str]:
    ours = {name for name in imported(path) if name in PACKAGES}
    return ours - {package} - ALLOWED[package]


def test_every_imported_library_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    texts = [*project["dependencies"], *(text for extra in extras for text in extra)]
    known = {_name(text) for text in texts} | {_plain(name) for name in PACKAGES}
    known |= {_plain(name) for name in sys.stdlib_module_names}
    assert not offenders(lambda _, path: {_plain(name) for name in imported(path)} - known)


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


LONGEST_CHAIN = 12
"""Modules, from one that starts a command down to one that imports nothing of ours."""
MOST_IN_A_ROOT = 12


def module_name(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root.parent).with_suffix("").parts).removesuffix(".__init__")


NAMES = {module_name(path, PACKAGES[package]): path for package, path in MODULES}


def imported_when_loaded(name: str) -> set[str]:
    """The modules of ours that ``name`` imports at its top; not what functions import when called,
    nor what only a type checker reads."""
    found: set[str] = set()
    for statement in tree_of(NAMES[name]).body:
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test):
            continue
        for node in ast.walk(statement) if not _is_definition(statement) else ():
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= {each if each in NAMES else node.module for each in inner}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    return (found & NAMES.keys()) - {name}


def _is_definition(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


@cache
def imports() -> dict[str, set[str]]:
    return {name: imported_when_loaded(name) for name in NAMES}


def longest_chain(arrows: dict[str, set[str]]) -> list[str]:
    """The longest path; fails with the path of a circle where there is one."""
    best: dict[str, list[str]] = {}

    def chain_from(name: str, above: tuple[str, ...]) -> list[str]:
        assert name not in above, f"a circle: {' -> '.join((*above[above.index(name) :], name))}"
        if name not in best:
            below = [chain_from(each, (*above, name)) for each in sorted(arrows[name])]
            best[name] = [name, *max(below, key=len, default=[])]
        return best[name]

    return max((chain_from(name, ()) for name in sorted(arrows)), key=len)


def package_of(name: str) -> str:
    """``warmbench.data`` for all that lies in it; a module in a root stands for itself."""
    return ".".join(name.split(".")[:2])


def package_arrows() -> dict[str, set[str]]:
    arrows: dict[str, set[str]] = {package_of(name): set() for name in NAMES}
    for name, targets in imports().items():
        # A root's __init__ is imported with everything in it.
        inside = {package_of(target) for target in targets if target not in PACKAGES}
        arrows[package_of(name)] |= inside - {package_of(name)}
    return arrows


def test_no_file_imports_itself_on_a_detour_and_no_chain_is_long() -> None:
    chain = longest_chain(imports())
    assert len(chain) <= LONGEST_CHAIN, "\n".join(chain)


def test_no_package_imports_itself_on_a_detour() -> None:
    assert longest_chain(package_arrows())


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_the_root_of_a_package_is_small(package: str) -> None:
    modules = [path.name for path in PACKAGES[package].glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_IN_A_ROOT, modules


def test_a_circle_is_seen() -> None:
    with pytest.raises(AssertionError, match=re.escape("a circle: a -> b -> a")):
        longest_chain({"a": {"b"}, "b": {"a"}})


def _name(requirement: str) -> str:
    name = requirement
    for mark in "[<>=!~; ":
        name = name.split(mark)[0]
    return IMPORTED_AS.get(_plain(name), _plain(name))


def test_all_is_sorted_and_true() -> None:
    assert not offenders(faults_of_all)


def faults_of_all(_: str, path: Path) -> set[str]:
    """What ``__all__`` names without the module defining it, or names twice, or leaves out."""
    tree = tree_of(path)
    defined, listed = set(), None
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in (name for outer in targets for name in ast.walk(outer)):
                if isinstance(target, ast.Name):
                    defined.add(target.id)
                    if target.id == "__all__":
                        listed = ast.literal_eval(node.value)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            defined.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            defined |= {alias.asname or alias.name for alias in node.names}
    if listed is None:
        definitions = (ast.FunctionDef, ast.ClassDef)
        return {"no __all__" for node in tree.body if isinstance(node, definitions)}
    twice = {f"{name} twice" for name in listed if listed.count(name) > 1}
    if path.name == "__init__.py" and path.parent.name == "warmbench":
        return twice  # loaded when first asked for
    return twice | (set(listed) - defined)


def test_the_command_line_starts_without_heavy_libraries() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from warmbench.cli.main import main; "
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0; print(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


def test_importing_the_package_is_cheap() -> None:
    code = "import sys; import warmbench; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not (HEAVY | {"numpy", "pyarrow", "pydantic", "rich"}) & set(done.stdout.split())


def test_the_public_names() -> None:
    warmbench = importlib.import_module("warmbench")
    functions = [
        "compare", "gate", "judge", "load", "report", "run", "score", "status", "submit", "verify",
    ]  # fmt: skip
    assert warmbench.__all__ == ["__version__", *functions]
    assert all(callable(getattr(warmbench, name)) for name in functions)
    stub = (PACKAGES["warmbench"] / "__init__.pyi").read_text(encoding="utf-8")
    assert re.findall(r"import (\w+) as", stub) == sorted(functions, key=lambda n: (n == "load", n))
    assert warmbench.__version__.count(".") == 2
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = warmbench.lode
