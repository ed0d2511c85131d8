"""What is looked up for a query, and what a query may not be."""

import pytest

from digitize.errors import OptionsError
from digitize.search.plan import NamePlan, _telling, word_terms, year_tokens
from digitize.search.query import MOST_TEXT, SearchQuery
from digitize.search.visibility import count_all, never_enough
from digitize.search.words import AskedWord
from mappers.names.keys import token


def test_stations_and_years_are_looked_up_together_while_they_are_few():
    both = {token("sy", s, y) for s in ("Bally", "Kalna") for y in (2010, 2011)}
    assert year_tokens((2010, 2011), ["Bally", "Kalna"]) == both
    assert year_tokens((2010, 2010), []) == {token("y", 2010)}
    assert year_tokens((2010, 2010), ["Bally"]) == {token("sy", "Bally", 2010)}
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


def asked(*said):
    return [AskedWord(word, {word: 1.0}) for word in said]


def keys(kind, *words):
    """The sets of tokens of some words, each a word or a word with what its key has besides."""
    return [frozenset({token(kind, *([word] if isinstance(word, str) else word))}) for word in words]


def test_a_name_is_looked_up_by_all_its_words_and_then_by_all_but_one():
    a, b, c = keys("n", "ram", "lal", "das")
    assert NamePlan(asked("ram"), [], (0, 0), {}).tiers() == [[(a,)]]
    assert NamePlan(asked("ram", "lal"), [], (0, 0), {}).tiers() == [[(a, b)], [(a,), (b,)]]
    two = [(a, b), (a, c), (b, c)]
    assert NamePlan(asked("ram", "lal", "k", "das"), [], (0, 0), {}).tiers() == [[(a, b, c)], two, [(a,), (b,), (c,)]]
    assert NamePlan([AskedWord("zz", {})], [], (0, 0), {}).tiers() == NamePlan([], [], (0, 0), {}).tiers() == []


def test_with_a_relative_no_word_is_looked_up_alone():
    (a, b), (f, g) = keys("n", "ram", "das"), keys("f", "hari", "das")
    assert NamePlan(asked("ram"), asked("hari"), (0, 0), {}).tiers() == [[(a, f)]]
    some = [(a, b), (a, f), (b, f)]
    assert NamePlan(asked("ram", "das"), asked("k", "hari"), (0, 0), {}).tiers() == [[(a, b, f)], some]
    # Of four words two may fail, since the family's name stands in both.
    tiers = NamePlan(asked("ram", "das"), asked("hari", "das"), (0, 0), {}).tiers()
    assert [len(tier) for tier in tiers] == [1, 4, 6] and (b, g) in tiers[2]
    # A relative alone is looked up by each of its words.
    assert NamePlan([], asked("hari", "das"), (2012, 2012), {}).tiers() == [[(f, g)], [(f,), (g,)]]
    assert NamePlan([], asked("hari"), (0, 0), {"bally": 1.0}).tiers() == [[(f,)]]


def test_a_name_at_a_station_or_in_few_years_has_keys_of_its_own():
    at_station = keys("ns", ("ram", "bally"), ("das", "bally"))
    for years in ((0, 0), (2012, 2012)):
        tiers = NamePlan(asked("ram", "das"), asked("hari"), years, {"bally": 1.0}).tiers()
        assert tiers == [[tuple(at_station)], [(at_station[0],), (at_station[1],)]]
    for years in ((2012, 2012), (2012, 2017)):
        in_years = frozenset(token("ny", "ram", y) for y in range(years[0], years[1] + 1))
        assert NamePlan(asked("ram"), [], years, {}).tiers() == [[(in_years,)]]
    for years in ((2012, 2018), (2012, 0), (0, 2)):
        assert NamePlan(asked("ram"), [], years, {}).tiers() == [[tuple(keys("n", "ram"))]]


def test_of_the_words_of_a_place_one_will_do():
    a, b, c, d = keys("w", "bara", "bajar", "gali", "mor")
    assert word_terms([]) == word_terms([AskedWord("zz", {})]) == []
    assert word_terms([*asked("bara"), AskedWord("zz", {})]) == [[(a,)]]
    assert word_terms(asked("bara", "bajar")) == [[(a, b)], [(a,), (b,)]]
    three = [[(a, b, c)], [(a, b), (a, c), (b, c)], [(a,), (b,), (c,)]]
    assert word_terms(asked("bara", "bajar", "gali")) == three
    four = word_terms(asked("bara", "bajar", "gali", "mor"))
    assert [len(tier) for tier in four] == [1, 4, 6, 4] and four[-1] == [(a,), (b,), (c,), (d,)]


@pytest.mark.parametrize("field", ["text", "relative", "station", "place", "section"])
def test_no_field_may_be_longer_than_a_field_is(field):
    SearchQuery(**{"text": "Ram", field: "x" * MOST_TEXT}).check()
    with pytest.raises(OptionsError, match="at most"):
        SearchQuery(**{"text": "Ram", field: "x" * (MOST_TEXT + 1)}).check()


def test_as_many_count_as_are_wanted_and_found():
    assert [count_all([None] * n, 2) for n in (0, 1, 2, 3)] == [0, 1, 2, 2]
    assert never_enough([None] * 9, 2) < 2
