"""Identifiers as text: what is written is read back, what is none is refused."""

from __future__ import annotations

import pytest

from mappers.linking.identifiers import parse_cnr


@pytest.mark.parametrize(
    ("text", "whole"),
    [("wbhg01-001234-2019", "WBHG010012342019"), ("WBHG010012342019", "WBHG010012342019"), ("WBHG1001234", None)],
)
def test_case_numbers_of_the_courts(text: str, whole: str | None) -> None:
    made = parse_cnr(text)
    assert (str(made) if made else None) == whole
    assert whole is None or parse_cnr(whole) == made
