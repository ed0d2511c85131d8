"""Tests of the small module: each fault in what they ask is noticed."""

import subprocess
import sys

from benchmarks.mutants.tiny import is_old, note


def test_forty_is_not_old():
    """The limit itself is not over it."""
    assert is_old(41) and not is_old(40) and not is_old(39)


def test_another_limit_is_told():
    """A program that a test starts has the fault, too."""
    done = subprocess.run(
        [sys.executable, "-c", "from benchmarks.mutants.tiny import is_old; print(is_old(6, limit=5), is_old(5, 5))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "True False\n"


def test_a_name_is_noted_once():
    """A name that is known is not noted again."""
    assert note("Asha") == ["Asha"]
    assert note("Asha") == ["Asha"]
