"""Exit codes: one table, every error raised on purpose has its place in it."""

import inspect

import pytest

import digitize.errors
import mappers.errors
import ocr.errors
import validators.errors
from digitize.exits import Exit, exit_code

MODULES = (digitize.errors, mappers.errors, ocr.errors, validators.errors)
TYPES = [t for m in MODULES for _, t in inspect.getmembers(m, inspect.isclass) if t.__module__ == m.__name__]


@pytest.mark.parametrize("kind", [t for t in TYPES if not t.__subclasses__()], ids=lambda t: t.__name__)
def test_every_error_raised_on_purpose_has_a_code(kind):
    assert exit_code(kind.__new__(kind)) not in (None, Exit.FAULT) or issubclass(kind, ocr.errors.EngineFailed)


def test_a_fault_of_ours_has_none():
    assert exit_code(ValueError("x")) is None


def test_a_full_disk_is_a_matter_of_the_ledger():
    assert exit_code(digitize.errors.DiskFull("x")) == Exit.LEDGER
