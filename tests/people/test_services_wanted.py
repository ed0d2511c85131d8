"""Who is arrested, wanted or proclaimed: by records of all forms, across scripts, and who is not wanted any more."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marks_store import STATION, asked, batch, fir, open_sqlite

from digitize.errors import OptionsError
from digitize.search.stores import open_store
from digitize.services.kinds.arrested_wanted import SERVICE as WANTED
from digitize.services.kinds.proclaimed_offenders import SERVICE as PROCLAIMED
from digitize.services.standing import Somebody, same_person, standing_of, standings
from digitize.targets.open import open_target
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.search_fill import fill
from mappers.codes.lists import code_lists
from mappers.record import FieldValue, Record

# number of the case -> who, what the charge-sheet of 2012-06-01 says, the warrant of 2012-09-01 with its status, and
# what else: (arrest on, result, judgment on).
PEOPLE = {
    1: ("Mohammad Salim", "absconding", None, None, ""),
    2: ("হরি দাস", "", ("proclamation", "pending"), None, ""),
    3: ("Mohan Pal", "", ("non_bailable", "pending"), "2012-10-10", ""),
    4: ("Gopal Nath", "", ("non_bailable", "pending"), "2012-02-02", ""),
    5: ("Bikash Sen", "absconding", ("proclamation", "pending"), None, "acquitted"),
    6: ("Ratan Bera", "", ("non_bailable", "recalled"), None, ""),
    7: ("Swapan Maity", "", ("bailable", "pending"), None, ""),
    8: ("Tapan Jana", "not_arrested", None, None, ""),
    9: ("Amal Ghosh", "judicial_custody", None, "2012-03-03", ""),
    10: ("Bimal Kar", "absconding", ("attachment", "pending"), None, ""),
    11: ("Kamal Dey", "", ("non_bailable", "pending"), "", ""),
}  # fmt: skip


def tables():
    made = {n: [] for n in ("iif1", "iif1_persons", "iif3", "iif3_persons", "iif5", "iif5_persons", "iif6",
                            "iif6_persons", "po", "po_persons")}  # fmt: skip
    for number, (name, status, warrant, arrest, result) in PEOPLE.items():
        # Two forms are about one accused, and have the code for themselves.
        alone = {"role": "accused", "name": name}
        person = {**alone, "accused_code": "A1"}
        made["iif1"].append(fir(f"a{number}", number))
        made["iif1_persons"].append({"record_id": f"a{number}", **person})
        if status:
            made["iif5"].append(fir(f"c{number}", number, report_no="1", report_date="2012-06-01"))
            made["iif5_persons"].append({"record_id": f"c{number}", **person, "status": status})
        if warrant:
            made["po"].append(fir(f"w{number}", number, warrant_no="7", warrant_date="2012-09-01", court="CJM Howrah",
                                  accused_code="A1", cnr=f"WBHW010000{number:02}2012", warrant_kind=warrant[0], po_status=warrant[1]))  # fmt: skip
            made["po_persons"].append({"record_id": f"w{number}", **alone, "relative_name": "Karim", "age": "30"})
        if arrest is not None:
            made["iif3"].append(fir(f"r{number}", number, arrest_date=arrest or None, accused_code="A1",
                                    arrest_mode="arrested_and_sent_up"))  # fmt: skip
            made["iif3_persons"] += [{"record_id": f"r{number}", **alone},
                                     {"record_id": f"r{number}", "role": "witness", "name": "Haru Roy"}]  # fmt: skip
        if result:
            made["iif6"].append(fir(f"j{number}", number, judgment_date="2013-01-01", court_case_no="4"))
            made["iif6_persons"].append({"record_id": f"j{number}", **person, "court_result": result})
    # A history sheet alone makes nobody wanted.
    made["history"] = [{"record_id": "h1", **STATION}]
    made["history_persons"] = [{"record_id": "h1", "role": "offender", "name": "Mohammad Salim"}]
    return made


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    target, store = open_sqlite(tmp_path_factory.mktemp("wanted") / "cctns.sqlite", tables())
    yield store
    target.close()


def of(found):
    return {record: says for record, _, _, says in found[1]}


HERE = {"station": "Kalpanapur"}


def test_who_is_wanted(store):
    assert of(asked(WANTED, store, state="wanted", **HERE)) == {
        "c1": "absconding", "w2": "proclaimed", "w4": "warrant", "c8": "not-arrested", "w10": "proclaimed",
    }  # fmt: skip
    # An arrest without a day may be a later one.
    assert of(asked(WANTED, store, state="unsure", **HERE)) == {"w11": "unsure"}
    assert asked(WANTED, store, state="wanted", district="Howrah")[0] == "wanted"


def test_what_tells_of_somebody_stands_beside(store):
    (one,) = [a for a in WANTED.find(store, {"state": "wanted", **HERE}) if a.record == "w10"]
    assert [(b.record, b.form) for b in one.beside] == [("c10", "iif5")]


@pytest.mark.parametrize(
    ("name", "verdict", "says"), [
        ("মোহাম্মদ সেলিম", "wanted", {"c1": "absconding"}), ("Hari Das", "wanted", {"w2": "proclaimed"}),
        ("Mohan Pal", "none", {}), ("Bikash Sen", "none", {}), ("Swapan Maity", "none", {}), ("Zzyzx", "none", {}),
    ], ids=range(6),
)  # fmt: skip
def test_somebody_by_name(store, name, verdict, says):
    found = asked(WANTED, store, name=name, state="wanted")
    assert (found[0], of(found)) == (verdict, says)


def test_who_was_arrested_in_some_days(store):
    days = {"state": "arrested", "since": "2012-10-01", "until": "2012-10-31"}
    assert asked(WANTED, store, **days) == ("arrested", [("r3", "persons", 1, "arrested")])
    assert of(asked(WANTED, store, state="arrested", **HERE)).keys() == {"r3", "r4", "r9", "r11"}
    assert asked(WANTED, store, state="arrested", station="Nowhere At All") == ("none", [])


def test_warrants(store):
    every = of(asked(PROCLAIMED, store, **HERE))
    assert every == {"w2": "outstanding", "w3": "ended-since", "w4": "outstanding", "w5": "ended-since",
                     "w6": "recalled", "w7": "outstanding", "w10": "outstanding", "w11": "unsure"}  # fmt: skip
    assert of(asked(PROCLAIMED, store, state="over", **HERE)).keys() == {"w3", "w5", "w6"}
    assert of(asked(PROCLAIMED, store, kind="attachment", **HERE)).keys() == {"w10"}
    assert of(asked(PROCLAIMED, store, cnr="WBHW01-000003-2012")) == {"w3": "ended-since"}
    assert asked(PROCLAIMED, store, name="हरि दास", relative="करीम", age="30", court="cjm")[0] == "outstanding"
    assert asked(PROCLAIMED, store, name="হরি দাস", district="Cuttack") == ("none", [])
    assert asked(PROCLAIMED, store, name="Mohan Pal")[0] == "over"


@pytest.mark.parametrize("service", [WANTED, PROCLAIMED])
@pytest.mark.parametrize(
    "given", [{}, {"since": "2012-01-01"}, {"since": "2012-01-01", "until": "2012-12-31"},
              {"station": "x", "since": "2013-01-01", "until": "2012-12-31"}, {"name": "x", "age": "old"}], ids=range(5),
)  # fmt: skip
def test_what_cannot_be_asked(service, store, given):
    with pytest.raises(OptionsError):
        service.find(store, given)


def test_hidden_persons_change_no_verdict():
    for service in (WANTED, PROCLAIMED):
        assert service.verdict([{"says": "hidden"}]) == service.unfound({}) == "none"
    assert WANTED.verdict([{"says": "hidden"}, {"says": "proclaimed"}]) == "wanted"


def test_postgres_says_the_same(postgres_target, store):
    fill(parse_address(postgres_target))
    target = open_target(postgres_target)
    target.take(batch(tables()))
    theirs = open_store(target)
    for service, some in (
        (WANTED, ({"state": "wanted", **HERE}, {"state": "arrested", **HERE})),
        (PROCLAIMED, (HERE,)),
    ):
        for one in some:
            assert service.find(theirs, one) == service.find(store, one)
    target.close()


def test_all_codes_have_a_meaning():
    lists = code_lists()
    for table, name in (("charge_sheet", "accused_status"), ("warrants", "warrant_kind"), ("warrant_status", "po_status"),
                        ("reports", "final_report_type"), ("results", "court_result"), ("appeals", "appeal_result"),
                        ("arrests", "arrest_mode")):  # fmt: skip
        assert set(standings()[table]) == set(lists[name].values), table
    assert {r for roles in standings()["roles"].values() for r in roles} <= set(lists["person_role"].values)


def cells(**fields):
    return {n: FieldValue(v, v) for n, v in fields.items() if v}


FIRST = date(2012, 1, 1)
ONE = cells(role="accused", name="Mohan Pal", accused_code="A1")
DAYS = st.sampled_from(["", *((FIRST + timedelta(days=30 * n)).isoformat() for n in range(4))])
WAYS = st.one_of(
    st.tuples(st.just("po"), st.sampled_from(["pending", "executed", "recalled"]), DAYS),
    st.tuples(st.just("iif3"), st.just(""), DAYS),
    st.tuples(st.just("iif6"), st.sampled_from(["acquitted", "convicted"]), DAYS),
    st.tuples(st.just("iif5"), st.sampled_from(["absconding", "bailed_by_court"]), DAYS),
)


def record(n, form, word, day):
    fields = {"po": {"po_status": word, "warrant_kind": "non_bailable", "warrant_date": day, "executed_date": day},
              "iif3": {"arrest_date": day}, "iif6": {"judgment_date": day}, "iif5": {"report_date": day}}[form]  # fmt: skip
    own = {"iif6": {"court_result": word}, "iif5": {"status": word}}.get(form, {})
    return Record(f"{form}-{n}", form, cells(**fields), {"persons": ({**ONE, **cells(**own)},)})


@settings(max_examples=40, deadline=None)
@given(st.lists(WAYS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_nobody_is_wanted_after_an_arrest_of_a_later_day_in_any_order(ways, die):
    records = [record(n, *way) for n, way in enumerate(ways)]
    row = records[0].children["persons"][0]
    standing = standing_of(row, records[0], records)
    mixed = die.sample(records, len(records))
    assert standing_of(row, records[0], mixed) == standing
    other = Record(
        "other", "iif3", cells(arrest_date="2020-01-01"), {"persons": (cells(role="accused", name="Zubeda Khatun"),)}
    )
    assert standing_of(row, records[0], [*records, other]).word == standing.word
    later = Record("later", "iif3", cells(arrest_date="2020-01-01"), {"persons": (ONE,)})
    assert standing_of(row, records[0], [*records, later]).word not in ("warrant", "absconding")
    if not any(form == "iif3" or word in ("executed", "recalled", "acquitted", "convicted", "bailed_by_court")
               for form, word, _ in ways):  # fmt: skip
        assert standing.is_wanted


def test_who_is_one_person_in_a_case():
    for a, b, how in (
        (("Mohan Pal", "A1", ""), ("মোহন পাল", "A1", ""), "same"), (("Mohan Pal", "A1", ""), ("Zubeda Khatun", "A1", ""), "maybe"),
        (("Mohan Pal", "A1", ""), ("Mohan Pal", "A2", ""), "maybe"), (("Mohan Pal", "A1", ""), ("Ratan Bera", "A2", ""), ""),
        (("Mohan Pal", "", "Hari Pal"), ("Mohan Paul", "", "Hari Pal"), "same"),
        (("Mohan Pal", "", "Hari Pal"), ("Mohan Pal", "", "Zubed Khan"), "maybe"),
        (("Mohan Pal", "", ""), ("Ratan Bera", "A1", ""), ""),
    ):  # fmt: skip
        some = [Somebody((n,), c, tuple(filter(None, [r]))) for n, c, r in (a, b)]
        assert same_person(*some) == how, (a[1], b[1])
