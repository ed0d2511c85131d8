"""Snapshots: what a ledger is folded into, what is never in it, and how states are put together from their sites."""

import json
import shutil
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitize.errors import OptionsError
from digitize.masking.sensitive import is_sensitive, is_under_protected_section
from digitize.offices.books import Newest, find_same_books, withdraw_book
from digitize.offices.disclosure_groups import GROUP, DisclosedGroups, close_group, disclose_groups, load_disclosed
from digitize.offices.envelope import seal, unseal
from digitize.offices.fold import fold_ledger
from digitize.offices.judge import _check_sums, check_alone, read_body
from digitize.offices.lists import Gazetteer, Inventory, PlaceKey
from digitize.offices.measures import BANDS, Counts, Coverage, band_of, sum_counts
from digitize.offices.merge import OwnLists, merge_sites
from digitize.offices.shape import schema
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import SNAPSHOT, list_dirty
from digitize.workspace.ledger.records import Decision, Records, Stored, record_hash
from digitize.workspace.ledger.verdict import Verdict
from digitize.workspace.place import create, open_place
from mappers.record import FieldValue, Record
from mappers.schema import load_schemas
from validators.finding import Finding

TODAY = date(2026, 11, 26)
SCHEMA = Path(__file__).parents[2] / "docs" / "snapshot.schema.json"
LISTED = ("Namunahat", "Kalpanapur")


@pytest.fixture(scope="module")
def table(digitize, samples, tmp_path_factory):
    """A workspace with the sample table, run, and an inventory of two stations."""
    place = tmp_path_factory.mktemp("snapshots") / "ws"
    digitize("init", "wb", place, "--site", "test")
    shutil.copy(samples / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    digitize("intake", place, samples / "legacy" / "FIRMAST.DBF")
    digitize("run", place)
    return place


def test_a_workspace_becomes_a_small_signed_file_whose_sums_are_those_of_status(digitize, table):
    digitize.json("snapshot", table)
    root = digitize.json("ledger", "verify", table)["root_hash"]
    made = digitize.json("snapshot", table)
    sealed = unseal(Path(made["path"]).read_bytes())
    snapshot = read_body(sealed.body)
    status = digitize.json("status", table)["totals"]
    assert sealed.is_signed()
    assert (snapshot.totals.records, snapshot.totals.loaded) == (status["records"], status["loaded"])
    assert (snapshot.totals.in_review, snapshot.totals.rejected) == (status["in_review"], status["rejected"])
    assert snapshot.sources[0].root_hash == root


def test_a_file_of_which_one_byte_was_changed_is_not_signed(digitize, table):
    data = Path(digitize.json("snapshot", table)["path"]).read_bytes()
    at = data.index(b'"records":') + 10
    assert not unseal(data[:at] + b"9" + data[at + 1 :]).is_signed()


def test_nothing_that_was_read_stands_in_a_snapshot(digitize, table):
    """Every word of every cell of every record, but for names of places and numbers, is absent."""
    text = Path(digitize.json("snapshot", table)["path"]).read_text(encoding="utf-8").casefold()
    lists = (table / "lists" / "stations.csv").read_text(encoding="utf-8").casefold()
    with Ledger(table / "ledger.sqlite") as ledger:
        records = [s.record for s in Records(ledger).all()]
    private = {w for r in records for path, v in r.cells() for w in f"{v.raw} {v.value or ''}".casefold().split()
               if len(w) > 4 and not any(c.isdigit() for c in w) and "police_station" not in path}  # fmt: skip
    private = {w for w in private if w not in lists and w not in json.dumps(schema()).casefold()}
    assert len(private) > 50
    assert not [w for w in private if w in text]


MARK = "Qzx"
texts = st.text(alphabet="abक்<\"'0", max_size=4).map(lambda t: f"{MARK}{t}")
places = st.one_of(st.sampled_from(LISTED), texts)


@st.composite
def records(draw):
    """Records all of whose fields hold marked text, but for a station that may be one of the list's."""
    n = draw(st.integers(1, 12))
    form = draw(st.sampled_from(["iif1", "gd"]))
    names = list(load_schemas()[form][form].by_name)
    made = []
    for i in range(n):
        fields = {
            name: FieldValue(draw(texts), draw(texts)) for name in draw(st.lists(st.sampled_from(names), max_size=5))
        }
        fields["police_station"] = FieldValue("", draw(places))
        fields["year"] = FieldValue("", draw(st.one_of(texts, st.sampled_from(["1998", "2014"]))))
        record = Record(id=f"wb-t0001-r{i}", form=form, batch="b1", fields=fields)
        made.append((record, draw(places), draw(texts), draw(st.sampled_from(["clean", "review", "reject", ""]))))
    return made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=records())
def test_no_text_of_a_record_reaches_the_snapshot_and_sums_agree(drawn, tmp_path_factory):
    folder = tmp_path_factory.mktemp("law") / "ws"
    place = create("wb", folder, "site")
    (folder / "lists" / "stations.csv").write_text(
        "station,district,aliases\n" + "".join(f"{s},Nadia,\n" for s in LISTED), encoding="utf-8"
    )
    with Ledger(place.ledger) as ledger:
        stored = [Stored(r, r.id, "g", station, language, record_hash(r)) for r, station, language, _ in drawn]
        for s in stored:
            Records(ledger).replace_unit(s.unit, [s])
        verdicts = {r.id: Verdict(word, (), {MARK: 1}) for r, _, _, word in drawn if word}
        Records(ledger).set_verdicts(verdicts, [Finding(drawn[0][0].id, MARK, MARK, "reject", MARK)])
        Records(ledger).insert_decision(
            Decision(drawn[0][0].id, MARK, MARK, MARK, MARK, "value", MARK, MARK), "2026-11-20"
        )
        snapshot, _ = fold_ledger(place, ledger, TODAY)
    data = seal(snapshot, place.key)
    assert MARK not in data.decode("utf-8")
    assert read_body(unseal(data).body).totals.records == len(drawn)
    words = [word for *_, word in drawn]
    c = snapshot.totals
    assert (c.validated, c.in_review, c.rejected) == tuple(words.count(w) for w in ("clean", "review", "reject"))
    assert c.plain() == sum_counts(d.counts.plain() for d in snapshot.districts)


def test_the_schema_in_the_docs_is_that_of_the_model():
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json.loads(json.dumps(schema()))


def test_an_inventory_tells_what_is_expected_and_what_was_reached(digitize, table, tmp_path):
    place = shutil.copytree(table, tmp_path / "ws")
    rows = [r for r in fold(place).stations if r[0] and r[8]]
    names = [r[0] for r in rows]
    lines = [f"{names[0]},,{rows[0][8]},,2026-10-01\n", f"{names[1]},,{rows[1][8] + 5},,\n"]
    (place / "lists" / "inventory.csv").write_text("station,district,records,pages,certified_on\n" + "".join(lines))
    snapshot = read_body(unseal(Path(digitize.json("snapshot", place)["path"]).read_bytes()).body)
    coverage = sum((d.stations.plain() for d in snapshot.districts), Coverage())
    assert snapshot.totals.expected == rows[0][8] + rows[1][8] + 5
    assert snapshot.totals.of_expected == rows[0][12] + rows[1][12]
    assert (coverage.inventoried, coverage.certified) == (2, 1)
    assert coverage.complete[2] == 1


def test_what_an_officer_states_stands_in_the_snapshot_as_it_was_stated(table, tmp_path):
    place = shutil.copytree(table, tmp_path / "ws")
    assert fold(place).statement is None
    (place / "lists" / "statement.toml").write_text("as_on = 2026-10-01\nstations = 12\ntarget = 10\ncovered = 9\n")
    stated = fold(place).statement
    assert (stated.stations, stated.target, stated.covered) == (12, 10, 9)


@pytest.mark.parametrize("line", ["Nowhere,,5,,\n", "Namunahat,,five,,\n", "Namunahat,,-5,,\n", "Namunahat,,5,,soon\n"])
def test_an_inventory_that_cannot_be_meant_names_the_row(digitize, table, tmp_path, line):
    place = shutil.copytree(table, tmp_path / "ws")
    (place / "lists" / "stations.csv").write_text("station,district,aliases\nNamunahat,Nadia,\n")
    (place / "lists" / "inventory.csv").write_text("station,district,records,pages,certified_on\n" + line)
    digitize("snapshot", place, code=4)


def fir(section, *, act="IPC", confidence=1.0):
    row = {"act": FieldValue(act, act, 1.0), "section": FieldValue(section, section, confidence, accept=0.9)}
    return Record(id="wb-1-r1", form="iif1", batch="b1", fields={}, children={"acts": [row]})


def test_a_case_counts_by_sections_that_are_sure_and_not_by_what_was_masked_for_safety():
    doubtful = fir("354", confidence=0.4)
    assert is_sensitive(doubtful)
    told = [
        is_under_protected_section(r) for r in (fir("379"), fir("376"), doubtful, fir("", act="POCSO"), fir("", act=""))
    ]
    assert told == [False, True, None, True, None]


def test_no_difference_between_two_reports_tells_of_one_fir():
    """Months of a district: whoever knows which FIRs are new learns of no single one whether it is protected."""
    rng = Random(5)
    for _ in range(300):
        told, known, yes, share = DisclosedGroups(), 0, 0, rng.choice([0, 0.02, 0.1, 0.5, 0.97, 1])
        for _ in range(30):
            new = rng.choice([0, 1, 2, 7, 49, 50, 60])
            known, yes = known + new, yes + sum(rng.random() < share for _ in range(new))
            before, told = told, close_group(told, known, yes)
            grown, fresh = told.of - before.of, told.count - before.count
            assert (grown, fresh) == (0, 0) or (grown >= GROUP and 5 <= fresh <= grown - 5)
            # When a group closes is told by how many FIRs there are, never by what is in them.
            assert (told.known != before.known) == (known - before.known >= GROUP)


def test_groups_are_closed_once_and_a_report_closes_none(table, tmp_path):
    with Ledger(shutil.copytree(table, tmp_path / "ws") / "ledger.sqlite") as ledger:
        assert disclose_groups(ledger, "wb-test", {"Nadia": (49, 20)})["Nadia"] == DisclosedGroups()
        assert disclose_groups(ledger, "wb-test", {"Nadia": (51, 20)})["Nadia"] == DisclosedGroups(51, 20, 20, 51, 0)
        assert disclose_groups(ledger, "wb-test", {"Nadia": (101, 22)})["Nadia"] == DisclosedGroups(101, 22, 20, 51, 1)
        assert load_disclosed(ledger)["Nadia"].hidden == 1


@pytest.mark.parametrize(
    ("year", "band"),
    [("1979", "before-1980"), ("1980", "1980-1989"), ("1999", "1990-1999"), ("2019", "2010-2019"), ("2020", "2020-on"),
     ("", "not-known"), ("१९९८", "not-known"), ("98", "not-known"), ("0098", "not-known")],
)  # fmt: skip
def test_bands(year, band):
    assert band_of(year) == band
    assert band in BANDS


counts = st.builds(Counts, *[st.one_of(st.none(), st.integers(0, 99))] * 2, *[st.integers(0, 99)] * 10)


@given(st.lists(counts, max_size=6))
def test_the_sum_of_what_nobody_counted_is_not_known(parts):
    together = sum_counts(parts)
    assert (together.expected is None) == all(p.expected is None for p in parts)
    assert together.records == sum(p.records for p in parts)


OWN = OwnLists(Gazetteer("wb", (), {}), {})


def site(base, name, volumes=(), **changes):
    updated = base.model_copy(update={"site": name, "volumes": list(volumes), **changes})
    source = updated.sources[0].model_copy(update={"site": name})
    return Newest(updated.model_copy(update={"sources": [source]}), "a" * 64)


def fold(place):
    opened = open_place(place)
    with Ledger(opened.ledger) as ledger:
        return fold_ledger(opened, ledger, TODAY)[0]


def test_what_a_report_counts_is_kept_for_the_next_one(table):
    before = fold(table)
    place = open_place(table)
    with Ledger(place.ledger) as ledger:
        ledger.execute("DELETE FROM tallies WHERE part LIKE 'snapshot:%'")
        fold_ledger(place, ledger, TODAY, keeps=True)
        assert list_dirty(ledger, SNAPSHOT) == []
        assert ledger.rows("SELECT 1 FROM tallies WHERE part LIKE 'snapshot:table:%'")
    assert fold(table).model_copy(update={"made_at": before.made_at}) == before


def test_a_station_of_two_sites_is_one_station_and_its_counts_are_added(table):
    base = fold(table)
    state = merge_sites("wb", [site(base, "wb-one"), site(base, "wb-two")], TODAY, None, OWN)
    one = merge_sites("wb", [site(base, "wb-one")], TODAY, None, OWN)
    assert state.totals.records == 2 * base.totals.records == 2 * one.totals.records
    assert len(state.stations) == len(one.stations) == len(base.stations)
    read_body(state.model_dump_json().encode())


def test_a_book_digitized_at_two_sites_is_found_by_its_numbers(table):
    from digitize.offices.shape import Volume

    def book(first, last, year="1998"):
        return Volume(district="Nadia", station="Namunahat", form="iif1", year=year, first=first, last=last,
                      records=last - first + 1)  # fmt: skip

    base = fold(table)
    found = find_same_books(
        [site(base, "wb-one", [book(1, 60)]), site(base, "wb-two", [book(40, 75), book(1, 60, "1999")])]
    )
    assert [(b.sites, b.first, b.last, b.records) for b in found] == [(("wb-one", "wb-two"), 40, 60, 21)]
    assert find_same_books([site(base, "wb-one", [book(1, 60)]), site(base, "wb-two", [book(61, 99)])]) == []
    assert find_same_books([site(base, "wb-one", [book(1, 60), book(1, 60)])]) == []


def test_of_a_book_that_two_sites_digitized_one_copy_can_be_withdrawn(table, tmp_path):
    from digitize.offices.shape import Volume
    from digitize.offices.store import SnapshotStore

    base = fold(table)
    row = max((r for r in base.stations if r[0]), key=lambda r: r[8])
    district = base.districts[row[2]]
    band = max(district.by_band, key=lambda b: district.by_band[b][0] * (b != "not-known"))
    book = Volume(district=district.name, station=row[0], form="iif1", year=f"{band[:3]}5", first=1, last=3,
                  records=3)  # fmt: skip
    sites = [site(base, "wb-one", [book]), site(base, "wb-two", [book])]
    before = merge_sites("wb", sites, TODAY, None, OWN)
    assert (before.twice.books, before.twice.records) == (1, 3)
    with SnapshotStore(tmp_path / "received.sqlite") as store:
        with pytest.raises(OptionsError, match="no such book"):
            withdraw_book(store, sites, "wb-three", book, ("A", "b"))
        assert withdraw_book(store, sites, "wb-two", book, ("An officer", "the copy of wb-one is certified")) == 3
        after = merge_sites("wb", sites, TODAY, None, OWN, store.list_acts("withdraw"))
        assert store.list_acts()[0].reason == "the copy of wb-one is certified"
    assert after.twice.books == 0
    taken = before.totals.records - after.totals.records
    assert 0 < taken <= 3
    check_alone(read_body(after.model_dump_json().encode()))


def test_every_station_of_a_table_was_worked_on_when_the_table_was(table):
    rows = [r for r in fold(table).stations if r[0] and r[8]]
    assert len(rows) > 1
    assert {r[13] for r in rows} <= {0, 1}


def test_sites_that_spell_a_station_differently_report_one_station_and_the_states_lists_name_it(table):
    from mappers.codes.stations import StationEntry

    base = fold(table)
    name, district = next((r[0], base.districts[r[2]].name) for r in base.stations if r[0] and r[8])
    rows = [(r[0].upper(), *r[1:]) if r[0] == name else r for r in base.stations]
    sites = [site(base, "wb-one"), site(base, "wb-two", stations=rows)]
    first = merge_sites("wb", sites, TODAY, None, OWN)
    assert len(first.stations) == len(base.stations)
    lists = OwnLists(Gazetteer("wb", [StationEntry(f"{name} Sadar", district, (name,))], {}), {})
    named = merge_sites("wb", sites, TODAY, None, lists)
    assert f"{name} Sadar" in {r[0] for r in named.stations}
    assert named.totals == first.totals
    read_body(named.model_dump_json().encode())


def test_a_states_own_inventory_wins_over_those_of_its_sites(table):
    base = fold(table)
    key = next(PlaceKey(base.districts[r[2]].name, r[0]) for r in base.stations if r[0] and r[8])
    own = OwnLists(OWN.gazetteer, {key: Inventory(500, 100)})
    state = merge_sites("wb", [site(base, "wb-one")], TODAY, None, own)
    assert (state.totals.expected, state.totals.pages_expected) == (500, 100)


def test_records_are_counted_by_capture_profile(table):
    made = fold(table)
    t = made.totals
    assert made.by_profile == {"everything": [t.records, t.in_review, t.rejected, t.validated, t.loaded]}
    assert list(_check_sums(made)) == []
    other = made.model_copy(update={"by_profile": {"core": [t.records + 1, 0, 0, 0, 0]}})
    assert "the breakdown by profile is not the sum of the totals" in list(_check_sums(other))
