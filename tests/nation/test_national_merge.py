"""A state put together from its sites: what is added, what is the larger of both, and what the younger of both."""

from datetime import date, timedelta

import pytest

from digitize.offices.books import Newest
from digitize.offices.fold import fold_ledger
from digitize.offices.judge import read_body
from digitize.offices.lists import Gazetteer
from digitize.offices.merge import OwnLists, add_protected, merge_effort, merge_quality, merge_shares, merge_sites
from digitize.offices.shape import Protected, Volume
from digitize.offices.shape_quality import Effort, FormQuality, NotMeasured, Pace, Share
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import open_place

TODAY = date(2026, 11, 26)
OWN = OwnLists(Gazetteer("wb", (), {}), {})
IDLE, CERTIFIED = 13, 14


@pytest.fixture(scope="module")
def base(table_done):
    """The snapshot of one site."""
    place = open_place(table_done)
    with Ledger(place.ledger) as ledger:
        return fold_ledger(place, ledger, TODAY)[0]


def site(base, name, **changes):
    updated = base.model_copy(update={"site": name, **changes})
    source = updated.sources[0].model_copy(update={"site": name})
    return Newest(updated.model_copy(update={"sources": [source]}), "a" * 64)


def merged(*sites):
    made = merge_sites("wb", sites, TODAY, None, OWN)
    read_body(made.model_dump_json().encode())
    return made


def with_row(base, **changes):
    """The rows of stations, one of them changed; and the name of that one."""
    at = next(i for i, r in enumerate(base.stations) if r[0] and r[8])
    row = list(base.stations[at])
    for n, value in changes.items():
        row[{"idle": IDLE, "certified": CERTIFIED, "code": 1, "expected": 3, "pages_expected": 4}[n]] = value
    return [*base.stations[:at], tuple(row), *base.stations[at + 1 :]], row[0]


def row_of(made, name):
    return next(r for r in made.stations if r[0] == name)


def test_a_station_of_two_sites_was_worked_on_when_the_later_of_them_worked(base):
    long_ago, name = with_row(base, idle=30)
    of_late, _ = with_row(base, idle=2)
    two = site(base, "wb-two", stations=of_late, as_on=TODAY - timedelta(days=5))
    for sites in ((site(base, "wb-one", stations=long_ago), two), (two, site(base, "wb-one", stations=long_ago))):
        assert row_of(merged(*sites), name)[IDLE] == 7, "two days before a report of five days ago"


def test_a_station_nobody_ever_worked_on_has_no_idle_days(base):
    never, name = with_row(base, idle=None)
    assert row_of(merged(site(base, "wb-one", stations=never)), name)[IDLE] is None
    worked, _ = with_row(base, idle=4)
    sites = site(base, "wb-one", stations=worked), site(base, "wb-two", stations=never)
    assert row_of(merged(*sites), name)[IDLE] == 4


def test_a_station_is_certified_and_has_a_code_where_one_of_its_sites_says_so(base):
    certified, name = with_row(base, certified=1, code="WB/0417")
    plain, _ = with_row(base, certified=0, code="")
    for pair in ((certified, plain), (plain, certified)):
        row = row_of(merged(*(site(base, f"wb-{n}", stations=s) for n, s in enumerate(pair))), name)
        assert (row[1], row[CERTIFIED]) == ("WB/0417", 1)
    assert row_of(merged(site(base, "wb-one", stations=plain)), name)[CERTIFIED] == 0


def test_what_is_expected_of_a_station_is_the_largest_that_a_site_states_and_not_the_sum(base):
    more, name = with_row(base, expected=400, pages_expected=90)
    less, _ = with_row(base, expected=300, pages_expected=100)
    unknown, _ = with_row(base, expected=None, pages_expected=None)
    for rows in ((more, less, unknown), (unknown, less, more)):
        row = row_of(merged(*(site(base, f"wb-{n}", stations=s) for n, s in enumerate(rows))), name)
        assert row[3:5] == (400, 100)


def protected(base, **counts):
    """The districts, of which the first tells this of protected sections."""
    first = base.districts[0].model_copy(update={"protected": Protected(**counts)})
    return [first, *base.districts[1:]]


def test_what_is_told_and_what_is_hidden_of_protected_sections_is_added(base):
    one = site(base, "wb-one", districts=protected(base, count=12, hidden=3, of=150, not_known=7))
    two = site(base, "wb-two", districts=protected(base, count=5, hidden=1, of=50, not_known=2))
    name = base.districts[0].name
    told = next(d.protected for d in merged(one, two).districts if d.name == name)
    assert told == Protected(count=17, hidden=4, of=200, not_known=9)


def test_what_an_older_version_did_not_count_takes_nothing_from_what_another_counted():
    old, new = Protected(count=6, hidden=1), Protected(count=5, hidden=2, of=50, not_known=3)
    assert add_protected(old, new) == add_protected(new, old) == Protected(count=11, hidden=3, of=50, not_known=3)


def test_districts_keep_the_number_that_one_of_the_sites_knows(base):
    name = base.districts[0].name
    numbered = [d.model_copy(update={"lgd": "314" if d.name == name else ""}) for d in base.districts]
    bare = [d.model_copy(update={"lgd": ""}) for d in base.districts]
    for pair in ((numbered, bare), (bare, numbered)):
        state = merged(*(site(base, f"wb-{n}", districts=d) for n, d in enumerate(pair)))
        assert {d.name: d.lgd for d in state.districts if d.lgd} == {name: "314"}


def test_breakdowns_of_a_district_are_those_of_both_sites(base):
    state = merged(site(base, "wb-one"), site(base, "wb-two"))
    for own in base.districts:
        both = next(d for d in state.districts if d.name == own.name)
        for which in ("by_band", "by_form", "by_language"):
            wanted = {key: [2 * n for n in cells] for key, cells in getattr(own, which).items()}
            assert getattr(both, which) == wanted
    assert state.by_profile == {p: [2 * n for n in cells] for p, cells in base.by_profile.items()}


def test_where_one_site_tells_no_capture_profile_the_state_tells_none(base):
    silent = site(base, "wb-two", by_profile={})
    assert merge_sites("wb", [site(base, "wb-one"), silent], TODAY, None, OWN).by_profile == {}
    empty = base.model_copy(update={"totals": base.totals.model_copy(update={"records": 0})})
    told = merge_sites("wb", [site(base, "wb-one"), site(empty, "wb-two", by_profile={})], TODAY, None, OWN)
    assert told.by_profile == base.by_profile, "who has no records has nothing to tell"


def test_a_years_books_of_a_station_reach_from_the_first_number_to_the_last_of_all_sites(base):
    name = next(r[0] for r in base.stations if r[0] and r[8])
    district = next(base.districts[r[2]].name for r in base.stations if r[0] == name)

    def book(first, last, records, year="1998", station=name):
        return Volume(district=district, station=station, form="iif1", year=year, first=first, last=last,
                      records=records)  # fmt: skip

    one = site(base, "wb-one", volumes=[book(41, 60, 19), book(3, 5, 3, "1999")])
    two = site(base, "wb-two", volumes=[book(61, 99, 30), book(2, 40, 39), book(1, 9, 9, station="Nowhere Else")])
    state = merge_sites("wb", [one, two], TODAY, None, OWN)
    at = next(i for i, r in enumerate(state.stations) if r[0] == name)
    assert state.books == [(at, "1998", 2, 99, 88), (at, "1999", 3, 5, 3)]


def test_a_source_of_a_state_says_which_snapshot_of_which_site_it_is(base):
    old = TODAY - timedelta(days=3)
    state = merged(site(base, "wb-one"), site(base, "wb-two", as_on=old))
    own = base.sources[0]
    assert [(s.site, s.as_on, s.events, s.root_hash, s.sha256) for s in state.sources] == [
        ("wb-one", TODAY, own.events, own.root_hash, "a" * 64), ("wb-two", old, own.events, own.root_hash, "a" * 64),
    ]  # fmt: skip
    assert (state.level, state.state, state.as_on, state.site) == ("state", "wb", TODAY, "")


def test_a_state_without_sites_reports_nothing():
    with pytest.raises(ValueError, match="without sites"):
        merge_sites("wb", [], TODAY, None, OWN)


def test_shares_are_added_over_those_that_were_measured():
    unknown, other = NotMeasured(why="no-sample"), NotMeasured(why="no-double-keying")
    assert merge_shares([Share(part=3, of=10), unknown, Share(part=1, of=5)]) == Share(part=4, of=15)
    assert merge_shares([unknown, other]) == unknown
    assert merge_shares([]) == NotMeasured(why="no-report")


def test_the_quality_of_two_sites_is_that_of_both(base):
    def form(part, n):
        return FormQuality(audited=Share(part=part, of=10), double_keyed=Share(part=part + 1, of=20), validated=n,
                           by_people=n + 1, from_tables=n + 2)  # fmt: skip

    def told(part, rejects, by_form):
        return base.quality.model_copy(update={
            "sample": Share(part=part, of=100), "double_keyed": Share(part=part + 1, of=100),
            "straight_through": Share(part=part + 2, of=100), "illegible": Share(part=part + 3, of=100),
            "rejects": rejects, "by_form": by_form})  # fmt: skip

    one = told(1, {"X003": 2, "P001": 1}, {"iif1": form(1, 5)})
    two = told(10, {"X003": 3, "D002": 4}, {"iif1": form(2, 7), "iif3": form(0, 1)})
    both = merge_quality([one, two])
    shares = (both.sample, both.double_keyed, both.straight_through, both.illegible)
    assert [(s.part, s.of) for s in shares] == [(11, 200), (13, 200), (15, 200), (17, 200)]
    assert list(both.rejects.items()) == [("D002", 4), ("P001", 1), ("X003", 5)]
    assert both.by_form == {
        "iif1": FormQuality(audited=Share(part=3, of=20), double_keyed=Share(part=5, of=40), validated=12,
                            by_people=14, from_tables=16),
        "iif3": form(0, 1),
    }  # fmt: skip
    silent = told(1, {}, None)
    assert merge_quality([silent, silent]).by_form is None
    assert merge_quality([silent, one]).by_form == one.by_form


def test_minutes_are_known_only_where_every_site_at_which_people_worked_knows_them():
    idle, worked = Effort(operators=0, fields=0, minutes=None), Effort(operators=2, fields=30, minutes=12)
    assert merge_effort([idle, worked, worked]) == Effort(operators=4, fields=60, minutes=24)
    assert merge_effort([worked, Effort(operators=1, fields=9, minutes=None)]) == Effort(
        operators=3, fields=39, minutes=None
    )
    assert merge_effort([idle]).minutes is None


def test_the_pace_of_a_state_is_that_of_all_its_sites(base):
    one, two = (site(base, f"wb-{n}", pace=Pace(pages_read=n, fields_settled=10 * n)) for n in (3, 4))
    assert merged(one, two).pace == Pace(pages_read=7, fields_settled=70)
