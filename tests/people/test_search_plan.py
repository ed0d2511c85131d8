"""What is looked up for a query, and what a query may not be."""

import pytest

from digitize.errors import OptionsError
from digitize.search.plan import _telling, year_tokens
from digitize.search.query import MOST_TEXT, SearchQuery
from digitize.search.visibility import count_all, never_enough
from digitize.search.words import AskedWord
from mappers.names.keys import token


def test_stations_and_years_are_looked_up_together_while_they_are_few():
    both = {token("sy", s, y) for s in ("Bally", "Kalna") for y in (2010, 2011)}
    assert year_tokens((2010, 2011), ["Bally", "Kalna"]) == both
    assert year_tokens((2010, 2010), []) == {token("y", 2010)}
    assert year_tokens((0, 0), ["Bally"]) == {token("s", "Bally")}
    assert year_tokens((0, 2010), []) == year_tokens((2010, 0), []) == year_tokens((0, 0), []) == frozenset()
    # Sixty years and no more.
    assert len(year_tokens((1950, 2009), ["Bally"])) == len(year_tokens((1950, 2009), [])) == 60
    assert year_tokens((1949, 2009), ["Bally"]) == {token("s", "Bally")}
    assert year_tokens((1949, 2009), []) == frozenset()


def test_initials_are_looked_up_only_where_there_is_nothing_else():
    ram, initial, lost = AskedWord("rm", {"ram": 1.0}), AskedWord("k", {"k": 1.0}), AskedWord("zz", {})
    assert _telling([initial, ram, lost]) == [ram]
    assert _telling([initial, lost]) == [initial]
    assert _telling([lost]) == []


@pytest.mark.parametrize("field", ["text", "relative", "station", "place", "section"])
def test_no_field_may_be_longer_than_a_field_is(field):
    SearchQuery(**{"text": "Ram", field: "x" * MOST_TEXT}).check()
    with pytest.raises(OptionsError, match="at most"):
        SearchQuery(**{"text": "Ram", field: "x" * (MOST_TEXT + 1)}).check()


def test_as_many_count_as_are_wanted_and_found():
    assert [count_all([None] * n, 2) for n in (0, 1, 2, 3)] == [0, 1, 2, 2]
    assert never_enough([None] * 9, 2) < 2
