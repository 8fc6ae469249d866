"""What the fuzzer begins with and what it once found, on every Python, without a fuzzer."""

from pathlib import Path

import pytest

from fuzz.targets import TARGETS

SEEDS = Path(__file__).parent / "seeds"


@pytest.mark.parametrize(
    ("target", "seed"),
    [
        pytest.param(name, seed, id=f"{name}-{seed.name}")
        for name in TARGETS
        for seed in sorted((SEEDS / name).iterdir())
    ],
)
def test_a_seed_holds(target: str, seed: Path) -> None:
    """What a target says of any bytes is true of these."""
    TARGETS[target](seed.read_bytes())
