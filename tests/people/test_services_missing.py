"""Missing persons by what is known of them, and among bodies and traced persons: what agrees, differs, is unknown."""

import polars as pl
import pytest

from digitize.errors import OptionsError
from digitize.search.answers import Ground
from digitize.search.filled_counts import Lack, LoadedRows, each_lacking
from digitize.search.log import Searcher
from digitize.search.picking import Pick, each_row
from digitize.search.stores import open_store
from digitize.services.asker import ServiceAsker
from digitize.services.kinds.missing_persons import SERVICE, find
from digitize.services.matching.comparing import compare_all
from digitize.services.matching.described import BODY, REPORT, Description, names_of
from digitize.services.matching.weighing import weigh_area, weigh_name
from digitize.services.quality import all_needs, by_station, paper_places
from digitize.services.query_service import ServiceDesk
from digitize.targets.open import open_target
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.search_fill import fill
from digitize.targets.rows import FormRows, RowBatch, with_hash
from digitize.targets.sqlite import SqliteTarget
from digitize.targets.value_checks import REFUSED
from mappers.codes.appearance import BodyMark, Garment, read_clothes, read_marks, unknown_words
from mappers.schema import form_tables, load_schemas

_AT = {"state": "wb", "district": "Howrah", "police_station": "Kalpanapur"}
REPORTS = [
    {"record_id": "m1", **_AT, "year": "2012", "report_no": "1", "missing_from_date": "2012-03-01",
     "last_seen_place": "Mela Math", "trace_status": "untraced"},
    {"record_id": "m2", **_AT, "year": "2012", "report_no": "2", "missing_from_date": "2012-03-02"},
    {"record_id": "m3", **_AT, "police_station": "Bally", "year": "2012", "report_no": "3",
     "missing_from_date": "2012-03-01", "trace_status": "traced_alive", "traced_date": "2012-05-01"},
    {"record_id": "m4", **_AT, "year": "2012", "report_no": "4", "missing_from_date": "2012-02-01"},
]  # fmt: skip
MISSING = [
    {"record_id": "m1", "role": "missing", "name": "সাবিত্রী মণ্ডল", "relative_name": "গোপাল মণ্ডল", "sex": "female",
     "age": "30", "height_cm": "152", "complexion": "wheatish", "identification_marks": "বাঁ গালে কাটা দাগ",
     "clothes": "লাল শাড়ি, কালো ব্লাউজ"},
    {"record_id": "m2", "role": "missing", "name": "Mohan Pal", "sex": "male", "age": "41", "clothes": "white dhoti"},
    {"record_id": "m3", "role": "missing", "name": "Savitri Mandal", "relative_name": "Gopal Mondal", "sex": "female",
     "age": "31"},
    {"record_id": "m4", "role": "missing", "name": "Rina Das", "sex": "female"},
]  # fmt: skip
BODIES = [
    {"record_id": "u1", **_AT, "police_station": "Ghat", "year": "2012", "ud_no": "1", "found_date": "2012-03-04"},
    {"record_id": "u2", **_AT, "year": "2012", "ud_no": "2", "found_date": "2012-02-28"},
    {"record_id": "u3", **_AT, "year": "2012", "ud_no": "3", "found_date": "2012-03-05"},
]
DEAD = [
    {"record_id": "u1", "role": "deceased", "sex": "female", "age_from": "25", "age_to": "35", "height_cm": "154",
     "complexion": "fair", "identification_marks": "बायें गाल पर कटे का निशान", "clothes": "लाल साड़ी"},
    {"record_id": "u2", "role": "deceased", "sex": "female", "age": "30", "identification_marks": "cut mark left cheek"},
    {"record_id": "u3", "role": "deceased", "sex": "male", "age": "70"},
]  # fmt: skip


def batch():
    made = {}
    for form, own, rows in (("missing", REPORTS, MISSING), ("uidb", BODIES, DEAD)):
        persons = pl.DataFrame([{"line": 1, **r} for r in rows], infer_schema_length=None)
        tables = {form: pl.DataFrame(own, infer_schema_length=None),
                  f"{form}_persons": persons.with_columns(pl.col("line").cast(pl.Int32))}  # fmt: skip
        made[form] = FormRows({**tables, form: with_hash(form, tables)}, pl.DataFrame(schema=REFUSED))
    return RowBatch("0" * 31 + "7", "reports", made)


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    made = SqliteTarget(tmp_path_factory.mktemp("missing") / "cctns.sqlite")
    made.take(batch())
    yield made
    made.close()


@pytest.fixture(scope="module")
def store(target):
    return open_store(target)


def beside(store, **asked):
    (one,) = find(store, asked)
    return {b.record: {g.what: g.how for g in b.why} for b in one.beside}


def test_a_report_is_laid_beside_bodies_found_after_it_and_a_report_of_the_same_person_elsewhere(store):
    found = beside(store, record="m1")
    # u2 was found before she went missing, u3 is a man.
    assert list(found) == ["m3", "u1"]
    assert found["u1"] == {
        "marks": "same", "days": "same", "clothes": "same", "age": "same", "height": "same", "district": "alike",
        "sex": "same", "complexion": "alike", "name": "unknown",
    }  # fmt: skip
    assert (found["m3"]["name"], found["m3"]["relative"], found["m3"]["days"]) == ("same", "same", "same")


def test_a_body_is_laid_beside_those_who_were_missing_by_then(store):
    assert list(beside(store, record="u1", among="reports")) == ["m1", "m4"]
    assert list(beside(store, record="u2")) == ["m4"]
    # Nobody's age is known of m4: that says nothing against her.
    assert beside(store, record="u2")["m4"]["age"] == "unknown"
    assert find(store, {"record": "nobody"}) == []


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ({"name": "सावित्री मंडल"}, "m1"),
        ({"name": "Sabitri", "relative": "Gopal"}, "m1"),
        ({"marks": "left cheek scar", "sex": "female"}, "m1"),
        ({"clothes": "سفید دھوتی"}, "m2"),
        ({"place": "mela", "age": "28-32"}, "m1"),
        ({"name": "Sabitri Mondal", "among": "traced"}, "m3"),
        ({"marks": "ಎಡ ಕೆನ್ನೆಯ ಮೇಲೆ ಗಾಯದ ಗುರುತು", "among": "bodies", "since": "2012-03-03"}, "u1"),
    ],
    ids=range(7),
)
def test_found_by_what_somebody_knows(store, asked, first):
    assert find(store, asked)[0].record == first


@pytest.mark.parametrize(
    "asked",
    [{"sex": "female"}, {"name": "a", "since": "1.1.2012"}, {"height": "12"}, {"marks": "x" * 201},
     {"record": "'; DROP"}, {"name": "a", "among": "everybody"}, {"name": "\x00a"}],
    ids=range(7),
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_without_its_words(store, asked):
    with pytest.raises(OptionsError) as told:
        find(store, asked)
    assert not any(len(v) > 8 and v in str(told.value) for v in asked.values())


def test_the_desk_tells_the_police_what_is_laid_beside_a_report(target):
    desk = ServiceDesk(target)
    police = ServiceAsker(Searcher("Asha", "asha", "case 1"), "police")
    (one,) = desk.answer(SERVICE, {"record": "m1"}, police).found
    assert [b.record for b in one.beside] == ["m3", "u1"]
    assert one.why == (Ground("record", "same"),)


def test_both_databases_read_and_count_alike(postgres_target, store):
    fill(parse_address(postgres_target))
    made = open_target(postgres_target)
    made.take(batch())
    other = open_store(made)
    pick = Pick("missing", "persons", ("district",), ("age", "sex"), "missing_from_date", ("2012-02-01", "2012-03-01"),
                True, {"trace_status": ("", "untraced")}, {"sex": ("", "female")}, ("missing",))  # fmt: skip
    rows = list(each_row(store, pick, 9))
    assert [(r.record, r.day, r.values) for r in rows] == [
        ("m1", "2012-03-01", ("30", "female")), ("m4", "2012-02-01", (None, "female")),
    ]  # fmt: skip
    assert list(each_row(other, pick, 9)) == rows
    last = (rows[0].day, rows[0].record, rows[0].line)
    assert other.pick(pick, last, 9) == store.pick(pick, last, 9) == rows[1:]
    assert list(each_row(store, pick, 1)) == rows[:1]
    assert beside(other, record="m1") == beside(store, record="m1")
    assert by_station(other) == by_station(store)
    assert paper_places(other) == paper_places(store)
    made.close()


def test_quality_tells_what_lacks_and_the_places_with_the_most_gain_first(store):
    ours = {"missing-persons": SERVICE.needs}
    found = {(q.form, q.station[2]): q for q in by_station(store, ours)}
    told = found["missing", "Kalpanapur"]
    assert (told.rows, told.found, told.lacking) == (3, 2, {"age": 1, "marks": 1})
    assert found["uidb", "Kalpanapur"].lacking == {"marks": 1}
    places = paper_places(store, 10, ours)
    assert [(p.record, p.what, p.gain) for p in places] == [
        ("m3", "marks", 1.0), ("u3", "marks", 1.0), ("m4", "age", 0.5), ("m4", "marks", 0.5),
    ]  # fmt: skip
    assert places[2].paths[0] == "persons[0].age"
    assert paper_places(store, 1, ours) == places[:1]
    kind = LoadedRows("missing", "persons", ("missing",))
    assert [r.record for r in each_lacking(store, kind, [Lack(("age",)), Lack((), ("report_no",))])] == ["m4"]


def test_what_services_need_stands_in_their_tables():
    every = {c for tables in map(form_tables, load_schemas()) for t in tables.values() for c in t.by_name}
    for service, needs in all_needs().items():
        for need in needs:
            tables = {t.child: t for t in form_tables(need.form).values()}
            assert every.issuperset((*need.one_of, *need.of_record)), service
            own = [n for n in need.one_of if tables[need.child].column(n)]
            assert own or any(tables[""].column(n) for n in need.of_record), (service, need)


def one_of(kind, **more):
    return Description(kind, **{"sex": "male", "born": (1970, 1972), "year": 2010, "day": "2010-05-01", **more})


def how(one, other, what):
    found = list(compare_all(one, [other]))
    return {g.what: g.how for c in found for g in c.grounds}.get(what) if found else "nobody"


@pytest.mark.parametrize(
    ("report", "body", "what", "told"),
    [
        ({}, {"sex": "female"}, "sex", "nobody"),
        ({}, {"day": "2010-04-30"}, "days", "nobody"),
        ({}, {"born": (1935, 1940)}, "age", "nobody"),
        ({}, {"born": (1958, 1962)}, "age", "differs"),
        ({}, {"born": (0, 0)}, "age", "unknown"),
        ({"height": (170, 170)}, {"height": (160, 165)}, "height", "alike"),
        ({"height": (180, 180)}, {"height": (160, 165)}, "height", "differs"),
        ({"marks": read_marks("scar left cheek")}, {"marks": read_marks("scar on right cheek")}, "marks", "alike"),
        ({"marks": read_marks("scar left cheek")}, {"marks": read_marks("tattoo on back")}, "marks", "differs"),
        ({"marks": read_marks("tattoo")}, {}, "marks", "unknown"),
        ({"names": names_of(["Mohan Pal"])}, {"names": names_of(["Savitri"]), "is_known": True}, "name", "nobody"),
        ({"names": names_of(["Mohan Pal"])}, {"names": names_of(["मोहन पाल"]), "is_known": True}, "name", "alike"),
        ({"names": names_of(["Mohan Pal"])}, {"names": names_of(["अज्ञात"])}, "name", "unknown"),
        ({"report": ("a", "2010", "4")}, {"report": ("a", "2010", "4")}, "report", "same"),
        ({"report": ("a", "2010", "4")}, {"report": ("a", "2010", "5")}, "report", "nobody"),
    ],
    ids=range(15),
)  # fmt: skip
def test_what_contradicts_leaves_out_and_the_rest_is_told(report, body, what, told):
    assert how(one_of(REPORT, **report), one_of(BODY, **{"day": "2010-05-03", **body}), what) == told


def test_districts_are_known_by_older_names_and_by_what_they_were_cut_from():
    def at(district):
        return one_of(BODY, state="up", district=district, station="s")

    assert weigh_area(at("prayagraj"), at("allahabad"))[0] == "alike"
    assert weigh_area(at("prayagraj"), at("lucknow"))[0] == "nearly"
    assert [weigh_name(s)[0] for s in (0.99, 0.9, 0.75, 0.3)] == ["same", "alike", "nearly", "differs"]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("old cut mark on lt. cheek, til on chin", [("scar", "cheek", "left"), ("mole", "chin", "")]),
        ("माथे पर चोट का निशान व दाहिने हाथ पर गोदना", [("scar", "forehead", ""), ("tattoo", "hand", "right")]),
        ("ডান হাতে পোড়া দাগ", [("burn", "hand", "right")]),
        ("இடது கன்னத்தில் மச்சம்", [("mole", "cheek", "left")]),
        ("scar forhead", [("scar", "forehead", "")]),
        ("دائیں گال پر تل", [("mole", "cheek", "right")]),
        ("kept away from home", []),
    ],
    ids=range(7),
)
def test_marks_are_read_in_many_languages(text, marks):
    assert read_marks(text) == tuple(BodyMark(*m) for m in marks)


def test_clothes_are_read_with_their_colours_and_what_nobody_knows_is_kept_apart():
    assert read_clothes("नीली शर्ट और काली पैंट") == (Garment("shirt", "blue"), Garment("pant", "black"))
    assert read_clothes("red printed saree; chappal") == (Garment("sari", "red"), Garment("chappal"))
    assert unknown_words("tattoo of RAMESH on right arm") == ("RAMESH",)
