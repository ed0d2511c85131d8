"""The national picture: every view and export adds up, no report is never 0, what was published is printed as it was."""

import csv
import json
import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from digitize.errors import OptionsError
from digitize.offices.exporting import as_plain, write_csv
from digitize.offices.figures import list_figures, load_shares
from digitize.offices.grades import count_in_scope, count_proven, grade_of, rank_states, share_of
from digitize.offices.history import (
    Point,
    Projection,
    _count_monthly_done,
    combine_projections,
    project_end,
    project_reporters,
    sum_by_month,
)
from digitize.offices.lag import find_cause, find_lags
from digitize.offices.measures import MEASURES, OF_STATION, Counts, Coverage, sum_counts
from digitize.offices.numbers import find_interval, format_percent, group_digits
from digitize.offices.outline import load_outline
from digitize.offices.page import _format_interval, render_page
from digitize.offices.picture import Limits, NationalPicture, is_stalled
from digitize.offices.rollup import ReportedPlace, SnapshotReport, roll_up_nation, sum_parts
from digitize.offices.series import Series, make_series, pack_differences
from digitize.offices.shape import Snapshot
from digitize.offices.shape_quality import Share
from digitize.offices.state_overlaps import find_overlaps
from digitize.offices.states import shown_states
from digitize.offices.store_rows import Received
from digitize.offices.words import LANGUAGES, load_words
from sample_data.makers.national import BACKWARD, FORWARD, invent, month_ends, seal_plain, snapshot

ENDS = month_ends(24, date(2026, 10, 31))
EN = load_words("en")
WHERE = ("level", "state", "district", "station")


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    return invent(tmp_path_factory.mktemp("keys"), stations=300, records=300_000, seed=3)


def report(state, month, **changes):
    body = snapshot(state, month, len(ENDS), ENDS[month], with_stations=True)
    made = Snapshot.model_validate_json(json.dumps({**body, **changes}))
    return SnapshotReport(made, "", (ENDS[-1] - ENDS[month]).days)


def picture_of(reports):
    return NationalPicture(roll_up_nation(reports), ENDS[-1], Limits())


def counts_of(row):
    return Counts(**{m: int(row[m]) if row[m] != "" else None for m in MEASURES})


def check_sums(rows):
    """rows: level, state, district, station and counts (None where nobody reported), from any view."""
    by = {level: [r for r in rows if r[0] == level] for level in ("nation", "state", "district", "station")}
    nation = by["nation"][0][4]
    told = [r for r in by["state"] if r[4] is not None]
    assert (nation or Counts()) == sum_counts(r[4] for r in told)
    for state in told:
        own = [r for r in by["district"] if r[1] == state[1]]
        assert state[4] == sum_counts(r[4] for r in own)
    for district in by["district"]:
        own = [r for r in by["station"] if r[1:3] == district[1:3]]
        assert district[4] == sum_counts(r[4] for r in own)


draws = st.lists(st.one_of(st.none(), st.integers(0, len(ENDS) - 1)), min_size=36, max_size=36)


@settings(max_examples=8, deadline=None)
@given(months=draws)
def test_nation_states_districts_and_stations_add_up_in_every_view_and_export(states, months, tmp_path_factory):
    picture = picture_of([report(s, m) for s, m in zip(states, months, strict=True) if m is not None])
    folder = tmp_path_factory.mktemp("csv")
    write_csv(picture, folder, EN)
    with (folder / "counts.csv").open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    check_sums([(*(r[w] for w in WHERE), counts_of(r) if r["pages"] != "" else None) for r in rows])
    missing = {r["state"] for r in rows if r["level"] == "state" and r["records"] == ""}
    assert len(missing) == months.count(None)

    check_breakdowns(folder / "breakdowns.csv", picture)
    check_figures(folder / "figures.csv", rows)
    check_page(render_page(picture, EN, load_outline()), picture)
    plain = as_plain(picture, EN)
    blank = [(*(r[w] for w in WHERE), counts_of({m: "" if r[m] is None else r[m] for m in MEASURES})
              if r["pages"] is not None else None) for r in plain["counts"]]  # fmt: skip
    check_sums(blank)


def check_breakdowns(path, picture):
    with path.open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    for kind in ("band", "form", "language"):
        for level in ("nation", "state", "district"):
            got = sum(int(r["records"]) for r in rows if r["by"] == kind and r["level"] == level)
            assert got == (picture.root.counts.records if picture.root.counts else 0)


def check_figures(path, counts):
    with path.open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    for name, (part, whole) in load_shares().items():
        mine = {tuple(r[w] for w in WHERE): r for r in rows if r["figure"] == name}
        for c in counts:
            r = mine[tuple(c[w] for w in WHERE)]
            if r["why_not"] == "":
                assert (r["numerator"], r["denominator"]) == (c[part], c[whole])
            assert (r["value"] == "") == (r["why_not"] != "")
            assert r["definition"]


def check_page(text, picture):
    page = lxml_html.fromstring(text)
    data = json.loads(page.get_element_by_id("data").text)
    rows = [("nation", "", "", "", picture.root.counts)]
    rows += [("state", s[1], "", "", Counts(*s[2]) if s[2] else None) for s in data["states"]]
    of_state = [s[1] for s in data["states"]]
    rows += [("district", of_state[d[0]], d[1], "", Counts(*d[2])) for d in data["districts"]]
    for x in data["stations"]:
        d = data["districts"][x[0]]
        made = Counts.from_station(dict(zip(OF_STATION, x[3:-2], strict=True)))
        rows.append(("station", of_state[d[0]], d[1], x[1], made))
    check_sums(rows)
    table = page.xpath("//table[contains(@class, 'parts')]")[0]
    shown = [[c.text_content().strip() for c in row] for row in table.xpath("./tbody/tr")]
    assert len(shown) == 36
    if picture.root.counts:
        foot = [c.text_content().strip() for c in table.xpath("./tfoot/tr")[0]]
        loaded = sum(int(r[9].replace(",", "")) for r in shown if r[9].replace(",", "").isdigit())
        assert foot[9].replace(",", "") == str(loaded) == str(picture.root.counts.loaded)
    missing = {p.name for p in picture.root.parts if p.counts is None}
    blank = [r for r in shown if r[0] in missing]
    assert len(blank) == len(missing)
    assert all("0" not in "".join(r[3:]) and "no report" in r[2] for r in blank)


def test_a_page_asks_nothing_of_the_network_and_holds_no_script_of_a_name(states):
    picture = picture_of([report(s, 20) for s in states[:5]])
    picture.root.parts[0].parts[0].name = "</script><script>alert(1)</script>"
    text = render_page(picture, EN, load_outline())
    assert not re.search(r"""(?:src|href)=["'](?!#)|url\(|@import|https?://""", re.sub(r"xmlns=\S+", "", text))
    assert "<script>alert" not in text
    assert text.count("</script>") == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_without_any_report_says_so(language):
    text = render_page(picture_of([]), load_words(language), load_outline())
    page = lxml_html.fromstring(text)
    assert page.get("lang") == language
    assert load_words(language)("ui.no_report") in page.text_content()
    assert not re.search(
        r"\b0\.0\s%", page.xpath("//main")[0].text_content().split(load_words(language)("ui.quality"))[0]
    )


def test_both_languages_say_the_same_things_with_the_same_places():
    en, hi = (load_words(language).by_slug for language in LANGUAGES)
    assert en.keys() == hi.keys()
    for slug in en:
        assert sorted(re.findall(r"{(\w+)}", en[slug])) == sorted(re.findall(r"{(\w+)}", hi[slug])), slug


def test_published_numbers_come_out_of_snapshots_that_state_them(states):
    """36 states state links and completeness as the answer of 6 August 2025 had them."""
    figures = {f.name: f for f in list_figures(roll_up_nation(report(s, 20) for s in states))}
    for way, wanted in (("forward", FORWARD), ("backward", BACKWARD)):
        for pillar, n in wanted.items():
            f = figures[f"{way}_{pillar}".replace("-", "_")]
            assert (f.part, f.whole) == (n, 36)
    assert (figures["legacy_complete"].part, figures["legacy_complete"].whole) == (35, 36)


def test_more_than_all_is_shown(states):
    place = ReportedPlace(
        "state", "mh", "", Counts(expected=14306, loaded=17712, records=17712, of_expected=17712), Coverage(9, 9)
    )
    assert format_percent(place.counts.of_expected, place.counts.expected) == "123.8\u00a0%"
    assert grade_of(place) == "over"
    assert rank_states([place]) == {}


@pytest.mark.parametrize(
    ("done", "wanted", "grade"),
    [(990, 1000, "99"), (989, 1000, "95"), (950, 1000, "95"), (949, 1000, "90"), (899, 1000, "below"), (5, None, "not-known"),
     (5, 0, "not-known")],
)  # fmt: skip
def test_grades(done, wanted, grade):
    assert (
        grade_of(ReportedPlace("state", "mh", "", Counts(expected=wanted, of_expected=done), Coverage(9, 9))) == grade
    )


def test_the_weakest_evidence_has_no_grade(states):
    """2 stations of 1,182 that were told, all of it digitized twice, and one station that hides what another lacks."""
    state = max(states, key=lambda s: len(s.expected))
    made = report(state, 23).snapshot
    stated = made.statement.model_copy(update={"stations": 1182})
    root = roll_up_nation([SnapshotReport(made.model_copy(update={"statement": stated}), "", 3)])
    few = next(p for p in root.parts if p.counts)
    assert (grade_of(few), count_in_scope(few)) == ("not-known", 1182)
    place = ReportedPlace("state", "mh", "", Counts(expected=1000, of_expected=995), Coverage(9, 9), doubled=500)
    assert (grade_of(place), share_of(place)) == ("below", (495, 1000))
    full, none = (ReportedPlace("district", "", n, Counts(expected=500, of_expected=k), Coverage(9, 9))
                  for n, k in (("a", 600), ("b", 400)))  # fmt: skip
    both = sum_parts(ReportedPlace("state", "mh", "", parts=[full, none]))
    assert (share_of(both), count_proven(both), grade_of(both)) == ((1000, 1000), 900, "90")
    assert grade_of(ReportedPlace("state", "mh", "", Counts(expected=10, of_expected=10))) == "not-known"


def test_no_report_has_a_grade_and_no_rank_of_its_own():
    root = roll_up_nation([])
    assert {grade_of(p) for p in root.parts} == {"no-report"}
    assert rank_states(root.parts) == {}
    assert root.counts is None


def test_ranks_are_given_within_classes(states):
    root = roll_up_nation([report(s, 12) for s in states])
    placed = rank_states(root.parts)
    assert sorted(placed) == sorted(s.code for s in states)
    for group in ("large", "hill", "ut"):
        assert 1 in {placed[code] for code, s in shown_states().items() if s.group == group}


@given(st.integers(0, 10**12))
def test_grouping_keeps_the_number(n):
    assert int(group_digits(n).replace(",", "")) == n


def test_grouping_is_indian():
    assert [group_digits(n) for n in (999, 17712, 60_000_000, -1234567)] == [
        "999",
        "17,712",
        "6,00,00,000",
        "-12,34,567",
    ]


@given(st.integers(1, 10**6), st.data())
def test_a_hundred_per_cent_is_said_of_the_whole_alone(whole, data):
    part = data.draw(st.integers(0, whole))
    assert (format_percent(part, whole) == "100.0\u00a0%") == (part == whole)
    low, high = find_interval(part, whole)
    assert low - 1e-9 <= part / whole <= high + 1e-9


def point(day, loaded, expected=1000, members=36):
    return Point(day, Counts(expected=expected, loaded=loaded, records=loaded, of_expected=loaded), members)


def test_the_finish_is_a_range_between_the_fastest_and_the_slowest_pace():
    points = [
        point(date(2025, 10, 31) + timedelta(days=30 * i), 100 + 20 * i + (30 if i > 9 else 0)) for i in range(14)
    ]
    p = project_end(points)
    assert points[-1].day < p.first < p.last
    assert {m for m, _ in p.paces} == {3, 6, 12}


@pytest.mark.parametrize(
    ("points", "why"),
    [([], "no-inventory"), ([point(date(2026, 1, 31), 5, None)], "no-inventory"), ([point(date(2026, 1, 31), 5)], "too-little-history"),
     ([point(date(2026, 1, 31), 1000)], "done"),
     ([point(date(2025, 1, 31), 5), point(date(2026, 1, 31), 5)], "standing-still")],
)  # fmt: skip
def test_where_the_finish_cannot_be_told_the_reason_is(points, why):
    p = project_end(points)
    assert (p.first, p.last, p.why) == (None, None, why)


def test_a_month_that_has_just_begun_tells_no_pace():
    day = date(2026, 3, 31)
    whole = [point(day, 100), point(day + timedelta(days=30), 130)]
    assert _count_monthly_done(whole) == [pytest.approx(30.4, abs=0.1)]
    assert len(_count_monthly_done([*whole, point(whole[-1].day + timedelta(days=15), 140)])) == 2
    assert len(_count_monthly_done([*whole, point(whole[-1].day + timedelta(days=14), 140)])) == 1
    # Whoever joined brought what was done before.
    joined = point(whole[-1].day + timedelta(days=30), 500, members=37)
    assert len(_count_monthly_done([*whole, joined])) == 1


def told(reporter, loaded, *, start=date(2025, 10, 31), expected=1000):
    days = [start + timedelta(days=30 * i) for i in range(len(loaded))]
    return [Received(i, "", "", "", reporter, str(d), "taken", (),
                     {"totals": Counts(expected=expected, records=n, loaded=n, of_expected=n).as_plain()})
            for i, (d, n) in enumerate(zip(days, loaded, strict=True))]  # fmt: skip


def test_the_nation_ends_when_its_last_state_does_and_not_before():
    """One state is nearly done, one needs ten years: the sum alone would end far too early."""
    fast, slow = (told(c, [a + step * i for i in range(14)]) for c, a, step in (("mh", 100, 60), ("tn", 100, 5)))
    ends = project_reporters([*fast, *slow], date(2026, 12, 1))
    whole = combine_projections(ends)
    assert ends["mh"].last < date(2027, 3, 1) < ends["tn"].first == whole.first
    assert whole.first.year >= 2035
    still = project_reporters(told("tn", [100] * 14), date(2026, 12, 1))
    none = combine_projections({**ends, **still, "ka": Projection(why="no-report")})
    assert (none.first, none.why, none.without) == (None, "not-all", (("tn", "standing-still"), ("ka", "no-report")))
    assert none.known == (ends["mh"].first, ends["mh"].last)
    assert combine_projections({"mh": Projection(why="done")}).why == "done"


def test_a_site_and_books_of_two_states_are_found(states):
    """The same three books, a ledger under another name, a site of a neighbour; equal names alone are no finding."""
    bodies = [report(s, 20).snapshot for s in states[:3]]
    books = [(0, str(y), 1, 90 + y % 7, 80) for y in (1991, 1992, 1993)]
    same = {"name": "Old District", "lgd": ""}
    made = []
    for s, own in zip(bodies, (books, books, [(0, "1991", 1, 60, 50)]), strict=True):
        districts = [s.districts[0].model_copy(update=same), *s.districts[1:]]
        source = s.sources[0].model_copy(update={"root_hash": "a" * 64 if own is books else "b" * 64})
        rows = [("Kotwali", *s.stations[0][1:]), *s.stations[1:]]
        made.append(s.model_copy(update={"districts": districts, "stations": rows, "books": own, "sources": [source]}))
    made[2] = made[2].model_copy(update={"sources": [made[2].sources[0].model_copy(update={"site": "mh-pune"})]})
    found = find_overlaps(roll_up_nation(SnapshotReport(s, "", 3) for s in made))
    one, two, three = (s.state for s in made)
    assert [(d.flag.code, set(d.states), d.records) for d in found] == [
        ("site-twice", {one, two}, 0),
        ("site-twice", {"mh", three}, 0),
        ("book-twice", {one, two}, 240),
    ]


@pytest.mark.parametrize(
    ("changes", "cause"),
    [({"pages_of_expected": 10}, ("no-scans", 90)), ({"pages_of_expected": 95, "records": 10}, ("not-read", 85)),
     ({"records": 95, "in_review": 60, "of_expected": 20, "pages_of_expected": 100}, ("review", 60)),
     ({"records": 95, "rejected": 50, "of_expected": 20, "pages_of_expected": 100}, ("rejects", 50)),
     ({"records": 100, "validated": 100, "loaded": 20, "of_expected": 20, "pages_of_expected": 100}, ("load", 80)),
     ({"of_expected": 100}, ("none", 0)), ({"expected": None}, ("none", 0))],
)  # fmt: skip
def test_the_cause_is_what_most_missing_records_wait_for(changes, cause):
    assert find_cause(Counts(**{"expected": 100, "pages_expected": 100, **changes})) == cause


def test_laggards_come_first_with_since_when_and_the_trend(states):
    """No report, then standing still, then by when they end; the newest snapshots tell since when nothing was loaded."""
    root = roll_up_nation(report(s, 23) for s in states)
    picture = NationalPicture(root, ENDS[-1], Limits())
    a, b, c = (s.code for s in states[:3])
    rows = [*told(a, [100] * 10 + [110] * 5, start=date(2025, 8, 1)), *told(b, [50 * i for i in range(15)]),
            *told(c, [40 * i for i in range(15)])]  # fmt: skip
    picture.ends = {s.code: Projection(why="done") for s in states} | project_reporters(rows, ENDS[-1])
    lag = find_lags(root, picture.ends, 45, rows)
    assert list(lag)[:3] == [a, c, b]
    assert (lag[a].trend, lag[a].since) == ("still", rows[10].as_on)
    assert lag[b].trend == "steady" and len(lag[b].past) == 13
    picture.lag = lag
    text = render_page(picture, EN, load_outline())
    page = lxml_html.fromstring(text)
    first = [r.xpath("./th")[0].text_content() for r in page.xpath("//table[@class='lag']/tbody/tr")]
    assert first[:3] == [next(p.name for p in root.parts if p.code == x) for x in (a, c, b)]
    assert f"As of the snapshots of {ENDS[-1].day} {ENDS[-1]:%B %Y}" in text
    assert f'href="#state-{a}"' in text


def test_a_silent_state_is_not_taken_to_stand_still():
    rows = told("mh", [100 + 50 * i for i in range(14)])
    assert project_reporters(rows, date(2027, 12, 1)) == project_reporters(rows, date.fromisoformat(rows[-1].as_on))


def test_history_counts_each_state_with_its_newest_and_nobody_before_the_first(states, digitize, tmp_path):
    files = []
    for s, months in ((states[0], (3, 9)), (states[1], (6,))):
        digitize("national", "keys", "add", s.code, s.key.with_suffix(".pub"), "--dir", tmp_path / "n")
        for m in months:
            files.append(tmp_path / f"{s.code}{m}.snapshot")
            files[-1].write_bytes(seal_plain(snapshot(s, m, len(ENDS), ENDS[m], with_stations=False), s.key))
    digitize("national", "add", *files, "--dir", tmp_path / "n")
    from digitize.offices.office import open_office

    with open_office(tmp_path / "n").store() as store:
        points = sum_by_month(store.list_taken(), ENDS[10])
    assert [p.members for p in points] == [1, 1, 1, 2, 2, 2, 2, 2]
    first, last = (sum(snapshot(s, m, 24, ENDS[m], with_stations=False)["totals"]["records"] for s, m in pairs)
                   for pairs in (((states[0], 3),), ((states[0], 9), (states[1], 6))))  # fmt: skip
    assert (points[0].counts.records, points[-1].counts.records) == (first, last)


def test_another_outline_drops_in_and_a_wrong_one_is_named(tmp_path):
    ring = [[77, 28], [78, 28], [78, 29], [77, 28]]
    feature = {"type": "Feature", "id": "IN-DL", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (tmp_path / "map.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    own = load_outline(tmp_path)
    assert ([s.code for s in own.shapes], own.own) == (["dl"], "map.geojson")
    assert len(load_outline().shapes) == 36
    (tmp_path / "map.geojson").write_text("{}")
    with pytest.raises(OptionsError, match="map.geojson"):
        load_outline(tmp_path)


def received(reporter, as_on, districts):
    return Received(1, "", "", "", reporter, as_on, "taken", (), {"districts": districts} if districts else {})


def test_a_district_s_past_is_told_by_quarters_and_what_nobody_told_is_not_0():
    rows = [
        received("mh", "2026-01-31", {"Pune": 5}),
        received("mh", "2026-03-31", {"Pune": 7, "Satara": 1}),
        received("mh", "2026-08-31", {"Pune": 9, "Satara": 4}),
        received("tn", "2026-05-31", None),
    ]
    series = make_series(rows, date(2026, 11, 27))
    ends = [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 11, 27)]
    assert list(series.days) == ends
    assert series.loaded == {("mh", "Pune"): [7, 7, 9, 9], ("mh", "Satara"): [1, 1, 4, 4]}
    assert make_series([], ends[0]) == Series()


def test_districts_of_two_sites_are_added_in_a_state_s_past():
    rows = [received("mh-a", "2026-01-31", {"Pune": 5}), received("mh-b", "2026-02-28", {"Pune": 7})]
    assert make_series(rows, date(2026, 3, 31)).loaded == {("mh", "Pune"): [12]}


@given(st.lists(st.none() | st.integers(0, 10**10), max_size=45))
def test_a_past_that_is_packed_can_be_read_again(values):
    made = pack_differences(values)
    known = [i for i, n in enumerate(values) if n is not None]
    assert bool(made) == (len(known) > 1)
    if made:
        total_, read = 0, []
        for n in made[1:]:
            total_ += n
            read.append(total_)
        assert made[0] == known[0]
        assert [read[i - known[0]] for i in known] == [values[i] for i in known]


@given(
    st.booleans(),
    st.integers(0, 400),
    st.one_of(st.none(), st.integers(0, 400)),
    st.one_of(st.none(), st.integers(0, 60)),
)
def test_a_station_is_stalled_when_it_is_unfinished_and_idle_whatever_is_certified(
    is_certified, loaded, expected, idle
):
    counts = Counts(expected=expected, loaded=loaded)
    station = ReportedPlace("station", "", "Bantra", counts, idle=idle, is_certified=is_certified)
    is_unfinished = expected is None or loaded < expected
    assert is_stalled(station, Limits(stalled_days=14)) == (idle is not None and idle > 14 and is_unfinished)


@given(st.integers(1, 5000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_share_lies_within_its_own_interval(share):
    part, of = share
    low, high = (float(end) for end in _format_interval(Share(part=part, of=of)).removesuffix(" %").split(" – "))
    assert 0 <= low <= part * 100 / of <= high <= 100
