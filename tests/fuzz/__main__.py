"""Fuzzes one target: `python -m fuzz TARGET SECONDS [SEEDS...] [-OPTION=...]`, for `make fuzz`.

What is found lies as a file in var/fuzz/; put into tests/fuzz/seeds/TARGET/ it is a test for ever.
Exit 0 when nothing was found, 1 when something was, 2 when nothing can be fuzzed here.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FOUND = ROOT / "var" / "fuzz"

# A mail is far larger than what a fuzzer thinks of by itself.
MAX_LENGTH = 8192
SECONDS_AN_INPUT = 10
MEGABYTES = 1024


def main(arguments: list[str]) -> int:
    """Start the fuzzer on a target in a process of its own, which it ends as it likes."""
    try:
        name, seconds, *more = arguments
    except ValueError:
        sys.stderr.write("usage: python -m fuzz TARGET SECONDS [SEEDS...] [-OPTION=...]\n")
        return 2
    if name == "--in":
        return _fuzz(seconds, more)
    try:
        import atheris  # noqa: F401, PLC0415  it exists for some Pythons only
    except ImportError:
        sys.stdout.write(f"fuzz {name}: skipped, atheris has no build for this Python\n")
        return 0
    grown = FOUND / f"{name}-corpus"
    grown.mkdir(parents=True, exist_ok=True)
    folders = [str(grown), *(str(path) for path in _seeds(name, more))]
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SECONDS_AN_INPUT}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-max_len={MAX_LENGTH}",
        f"-dict={HERE / 'mail.dict'}",
        f"-artifact_prefix={FOUND}/{name}-",
        "-print_final_stats=1",
        *(option for option in more if option.startswith("-")),
    ]
    command = [sys.executable, "-P", "-m", "fuzz", "--in", name, *options, *folders]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=_environment())
    executed = _statistic(ended.stderr, "stat::number_of_executed_units:")
    if ended.returncode == 0:
        sys.stdout.write(f"fuzz {name}: {executed} inputs in {seconds} s, nothing found\n")
        return 0
    progress = [line for line in ended.stderr.splitlines() if not line.startswith(("#", "INFO"))]
    sys.stdout.write("\n".join([*progress, ended.stdout]))
    sys.stdout.write(f"fuzz {name}: found something, see above and {FOUND}\n")
    return 1


def _seeds(name: str, more: list[str]) -> list[Path]:
    """Give the folders that hold what the fuzzer begins with."""
    own = HERE / "seeds" / name
    return [path for path in (own, *map(Path, more)) if path.is_dir()]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])}


def _statistic(text: str, label: str) -> str:
    lines = (line for line in text.splitlines() if line.startswith(label))
    return next(lines, f"{label} ?").removeprefix(label).strip()


def _fuzz(name: str, options: list[str]) -> int:
    """Be the fuzzer; libFuzzer ends this process itself."""
    import atheris  # noqa: PLC0415

    with atheris.instrument_imports(include=["gateway"]):
        from fuzz.targets import TARGETS  # noqa: PLC0415  it has to be imported instrumented
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
