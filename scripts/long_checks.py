"""Check what a run and its files withstand, in full: python scripts/long_checks.py [NAME …] [--quick]."""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from checking import alone, damage, disk, extremes, fuzzing, interrupts, kills

Check = Callable[[int, Path, int], str]

CHECKS: dict[str, tuple[Check, int, int]] = {
    "killed": (kills.killed, 50, 2),
    "killed-while-writing": (kills.killed_while_writing, 1000, 3),
    "interrupted": (interrupts.interrupted, 2_000, 60),
    "disk-full": (disk.full, 20, 2),
    "permission-lost": (disk.forbidden, 5, 1),
    "flipped": (damage.flipped, 1_000_000, 200),
    "truncated": (damage.truncated, 10_000, 200),
    "fuzzed": (fuzzing.fuzzed, 120_000, 3_000),
    "extremes": (extremes.trained, 100_000, 150),
    "threads": (alone.threads, 10, 1),
    "memory": (alone.memory, 200, 20),
}
"""Each check, and its number of repetitions in full and in a run of the tests."""


def main() -> None:
    """Run the checks and print what each found; an error ends them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all by default: {', '.join(CHECKS)}")
    parser.add_argument("--quick", action="store_true", help="the sample that the tests make")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    names = chosen.names or list(CHECKS)
    if unknown := set(names) - set(CHECKS):
        parser.error(f"there is no check {', '.join(unknown)}")
    if len(names) == 1:
        (name,) = names
        make(name, chosen.quick, chosen.seed)
        return
    for name in names:  # each in its own process, so that none finds what another one left in memory
        more = ["--quick"] if chosen.quick else []
        subprocess.run([sys.executable, __file__, name, "--seed", str(chosen.seed), *more], check=True)


def make(name: str, is_quick: bool, seed: int) -> None:
    """Run one check, in this process."""
    check, full, quick = CHECKS[name]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        found = check(quick if is_quick else full, Path(folder), seed)
        print(f"{name}: {found} ({time.perf_counter() - started:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
