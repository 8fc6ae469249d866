"""The house keeps its shape: short modules, frozen values, policy in configuration."""

import ast
import functools
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "gateway").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
LAYERS_OF_VALUES = ("config", "desk", "mail")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def each(paths: list[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Ask one question of each file, and say of all for which the answer is wrong."""

    def of_all(ask: Callable[[Path], None]) -> Callable[[], None]:
        def asked() -> None:
            wrong = []
            for path in paths:
                try:
                    ask(path)
                except AssertionError as error:
                    wrong.append(f"{path.relative_to(ROOT)}: {error}")
            assert [] == wrong

        asked.__name__, asked.__doc__ = ask.__name__, ask.__doc__
        return asked

    return of_all


@functools.cache
def parsed(path: Path) -> ast.Module:
    """Read a file once for all that is asked about it."""
    return ast.parse(path.read_text())


def functions(path: Path) -> Iterator[Function]:
    """Give every function of a file, methods and inner ones too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Count a function's lines without its docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


@each(MODULES)
def test_a_module_is_short(path: Path) -> None:
    """A module that grows past its bound has a second purpose."""
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


@each([path for path in MODULES if "migrations" not in path.parts])
def test_a_function_is_short(path: Path) -> None:
    """A function is read without scrolling; a migration is a list, however long."""
    assert [] == [
        f"{path.name}:{function.lineno} {function.name}: {length(function)} lines"
        for function in functions(path)
        if length(function) > LONGEST_FUNCTION
    ]


@each([path for path in MODULES if path.relative_to(ROOT).parts[1] in LAYERS_OF_VALUES])
def test_values_are_frozen(path: Path) -> None:
    """What crosses a border cannot be changed on the other side."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for decorator in node.decorator_list:
                written = ast.unparse(decorator)
                if "dataclass" in written:
                    assert "frozen=True" in written, f"{node.name}: {written}"
                    assert "slots=True" in written, f"{node.name}: {written}"


@each(MODULES)
def test_no_desk_is_named(path: Path) -> None:
    """Policy is configuration: a desk's name stands in its own file and nowhere in the program."""
    text = path.read_text()
    names = [file.stem for file in (ROOT / "config" / "desks").glob("*.toml")]
    assert [] == [name for name in names if re.search(rf"\b{re.escape(name)}\b", text)]


@each(MODULES)
def test_only_edges_catch_everything(path: Path) -> None:
    """Who catches every exception and does not raise it again says beside it why."""
    text = path.read_text()
    lines = text.splitlines()
    broad = (
        node
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    )
    assert [] == [
        f"{path.name}:{handler.lineno}"
        for handler in broad
        if ast.unparse(handler.body[-1]) != "raise" and "#" not in lines[handler.lineno - 1]
    ]


@each(TESTS)
def test_a_test_says_what_is_true(path: Path) -> None:
    """Each test's docstring is the statement that it proves."""
    assert [] == [
        f"{path.name}:{function.lineno}"
        for function in functions(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]


@each(TESTS)
def test_no_test_sleeps(path: Path) -> None:
    """Tests wait for a condition; the one place that may sleep is the loop that does so."""
    if path != ROOT / "tests" / "servers" / "process.py":
        nodes = ast.walk(parsed(path))
        called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
        assert called.isdisjoint({"time.sleep", "sleep"})


def calls(name: str, module: dict[str, Function]) -> Iterator[str]:
    """Give what a function calls, in order, following it into functions of its own module."""
    written = (node for node in ast.walk(module[name]) if isinstance(node, ast.Call))
    for call in sorted(written, key=lambda call: (call.lineno, call.col_offset)):
        called = ast.unparse(call.func).rpartition(".")[2]
        yield called
        if called in module and called != name:
            yield from calls(called, module)


def test_the_page_about_the_flow_tells_the_truth() -> None:
    """`docs/flow.md` has a heading for each stage, in the order in which mail goes through them."""
    page = (ROOT / "docs" / "flow.md").read_text()
    headings = re.findall(r"^## `?([a-z_]+)`?$", page, re.MULTILINE)
    assert headings
    modules = (ROOT / "gateway" / "reading.py", ROOT / "gateway" / "intake.py")
    way = {function.name: function for module in modules for function in functions(module)}
    stages = (name.removeprefix("find_") for name in calls("take_in", way))
    assert headings == [stage for stage in dict.fromkeys(stages) if stage in headings]


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"]
)
def test_a_lock_file_is_whole(name: str) -> None:
    """Every requirement is pinned with hashes, and no address of an index stands in the file."""
    text = (ROOT / name).read_text()
    assert "://" not in text
    for requirement in text.replace("\\\n", "").splitlines():
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+ ", requirement), requirement
        assert "--hash=sha256:" in requirement


def test_the_lock_files_agree() -> None:
    """What developers test is what everybody else runs: the same versions, hash for hash."""
    build, runtime, everything = (
        set((ROOT / name).read_text().replace("\\\n", "").splitlines())
        for name in ("requirements-build.lock", "requirements.lock", "requirements-dev.lock")
    )
    assert set() == build - runtime
    assert set() == runtime - everything


def test_lock_files_follow_the_project() -> None:
    """Each package that the project names is locked."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    runtime = [*project["project"]["dependencies"], *groups["build"]]
    for name, wanted in (
        ("requirements.lock", runtime),
        ("requirements-dev.lock", [*runtime, *groups["dev"]]),
    ):
        locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / name).read_text(), re.MULTILINE))
        names = {re.split(r"[\[<>=; ]", want)[0].lower().replace(".", "-") for want in wanted}
        assert set() == names - locked
