"""Half a name is nobody's: who is told of whom, by how much of a name, and with which second fact."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaded_records import asks, loaded, told, warrant

from digitize.cli.service import _show
from digitize.search.answers import Ground
from digitize.services.identity import PersonMatch, match_person
from digitize.services.query_service import ServiceDesk
from digitize.services.registry import find_service
from digitize.serving.forms import answer_shown
from digitize.serving.words import service_words
from mappers.record import FieldValue, Record

SERVICES = (("proclaimed-offenders", "outstanding"), ("arrested-wanted", "wanted"))


def cells(**texts):
    return {n: FieldValue(t, t) for n, t in texts.items()}


RECORD = Record("r1", "po", cells(state="wb", district="Howrah", police_station="Kalpanapur"))


def match(asked, written, why=()):
    return match_person(asked, RECORD, cells(**written), [Ground(w, "same") for w in why])


@pytest.mark.parametrize(
    ("asked", "written", "how", "words"), [
        ("Mohan Pal", "Mohan Pal", "same", 2), ("মোহন পাল", "Mohan Pal", "same", 2), ("Pal Mohan", "Mohan Pal", "same", 2),
        ("Mohan Pal", "Mohan Kumar Pal", "same", 2), ("Mohanpal", "Mohan Pal", "same", 2),
        ("Mohan Das", "Mohan Pal", "unsure", 1), ("Ratan Pal", "Mohan Pal", "unsure", 1),
        ("Mohan Kumar Pal", "Ratan Kumar Pal", "unsure", 1), ("M Pal", "Mohan Pal", "unsure", 1),
        ("Mohan", "Mohan Pal", "unsure", 1), ("Salim Sheikh", "Saleem Shaikh", "same", 2), ("Zubeda Bibi", "Mohan Pal", "unsure", 0), ("Moh* Pal", "Mohan Pal", "unsure", 0),
    ],
)  # fmt: skip
def test_a_person_is_two_words_of_a_name(asked, written, how, words):
    found = match({"name": asked}, {"name": written})
    assert (found.how, found.words) == (how, words)


@pytest.mark.parametrize(
    ("asked", "written", "how", "facts"), [
        (("Salim", "Karim Sheikh"), ("Salim", "Karim Sheikh"), "same", ("relative",)),
        (("Salim", "Karim"), ("Salim", "Abdul Karim"), "same", ("relative",)),
        (("Salim", ""), ("Salim", "Karim Sheikh"), "unsure", ()),
        (("Salim", "Rahim Sheikh"), ("Salim", "Karim Sheikh"), "unsure", ()),
        # The surname of a family tells no father, and a brother has the same one.
        (("Mohan Pal", "Pal"), ("Mohan Pal", "Hari Pal"), "unsure", ()),
        (("Gopal Pal", "Hari Pal"), ("Mohan Pal", "Hari Pal"), "unsure", ("relative",)),
        # Who has another father is another person.
        (("Mohan Pal", "Hari Pal"), ("Mohan Pal", "Ratan Das"), "unsure", ()),
    ], ids=range(7),
)  # fmt: skip
def test_one_word_needs_the_relative_too(asked, written, how, facts):
    name, relative = written
    found = match({"name": asked[0], "relative": asked[1]}, {"name": name, "relative_name": relative})
    assert (found.how, found.facts) == (how, facts)
    assert bool(found.differs) == (bool(asked[1]) and not facts)


@pytest.mark.parametrize(
    ("asked", "facts"), [
        ({"age": "30"}, ("age",)), ({"age": "30-40"}, ("age",)), ({"age": "1-99"}, ()), ({"age": "20-"}, ()),
        ({"birth_year": "1983"}, ("birth_year",)), ({"address": "ghat road"}, ("address",)), ({"address": "ঘাট"}, ("address",)),
        ({"address": "Howrah"}, ()), ({"address": "Bally"}, ()), ({"address": "ghat bally"}, ()),
    ], ids=str,
)  # fmt: skip
def test_a_second_fact_must_tell_something(asked, facts):
    why = [n for n in ("age", "birth_year") if n in asked]
    found = match({"name": "Mohan Pal", **asked}, {"name": "Mohan Pal", "address": "12 Ghat Road, Howrah"}, why)
    assert found.facts == facts and found.is_for_public == bool(facts)


WORDS = st.sampled_from(["Mohan", "Hari", "Zubeda", "Kamala", "Birendra", "Sukumar", "Tarapada", "Nirmala"])


@given(st.lists(WORDS, min_size=2, max_size=3, unique=True), WORDS)
def test_one_agreeing_word_is_never_a_person(name, other):
    words = [name[0], other]
    found = match({"name": " ".join(words)}, {"name": " ".join(name)})
    assert found.words <= len(set(words) & set(name))
    assert (found.how == "same") == (len(set(words) & set(name)) == 2)


@given(st.booleans(), st.sets(st.sampled_from(["relative", "age", "birth_year", "address", "station"])), st.booleans())
def test_the_public_is_told_of_nobody_without_a_second_fact(is_same, facts, differs):
    found = PersonMatch("same" if is_same else "unsure", 2, tuple(facts), ("relative",) if differs else ())
    assert not (found.is_for_public and (not facts or differs))
    assert PersonMatch("unsure", 1, ("station",)).is_for_public is False
    told = PersonMatch("same", 2, tuple(facts), (), is_exact=is_same).for_public()
    assert (told.how == "same") == (is_same or "relative" in facts)


@pytest.fixture
def target(tmp_path):
    made = loaded(tmp_path / "cctns.sqlite", warrant("w1", "20", "Mohan Pal", "Hari Pal"))
    yield made
    made.close()


@pytest.mark.parametrize(("service", "word"), SERVICES)
def test_the_public_learns_nothing_by_a_name(target, service, word):
    nobody = told(target, service, name="Zubeda Bibi")
    half = {"name": "Mohan Das"}
    for asked in ({"name": "Mohan Pal"}, half, {**half, "station": "Kalpanapur"}, {"name": "Pal"},
                  {"name": "Mohan Pal", "relative": "Ratan Das"}, {"name": "Mohan Pal", "age": "1-99"}):  # fmt: skip
        assert told(target, service, **asked) == nobody == ("none", [])
    for more in ({"relative": "হরি পাল"}, {"age": "30"}, {"birth_year": "1983"}, {"station": "Kalpanapur"}):
        assert told(target, service, name="Mohan Pal", **more)[0] == word
    assert told(target, service, name="Mohan Pal", birth_year="1950") == nobody


@pytest.mark.parametrize(("service", "word"), SERVICES)
def test_police_see_candidates_and_are_told_that_a_person_must_look(target, service, word, capsys):
    for asked, verdict in (({"name": "Mohan Das"}, "unsure"), ({"name": "Mohan Pal"}, word),
                           ({"name": "Mohan Pal", "relative": "Ratan Das"}, "unsure")):  # fmt: skip
        answer = ServiceDesk(target).answer(find_service(service), asked, asks("police"))
        assert (answer.verdict, [a.record for a in answer.found]) == (verdict, ["w1"])
        _show(answer)
        assert ("a person must look" in capsys.readouterr().out.replace("\n", " ")) == (verdict == "unsure")
        assert answer.as_plain()["found"][0]["match"]["how"] == ("unsure" if verdict == "unsure" else "same")
        for language, sentence in (("en", "a person must look"), ("hi", "किसी व्यक्ति को देखना होगा")):
            page = json.dumps(answer_shown(find_service(service), service_words(language), answer), ensure_ascii=False)
            assert (sentence in page) == (verdict == "unsure")


@pytest.mark.parametrize("service", [s for s, _ in SERVICES])
def test_relative_and_address_are_shown_to_whoever_knows_the_relative(target, service):
    for more, is_shown in (
        ({"age": "30"}, False),
        ({"station": "Kalpanapur"}, False),
        ({"relative": "Hari Pal"}, True),
    ):
        answer = ServiceDesk(target).answer(find_service(service), {"name": "Mohan Pal", **more}, asks())
        assert ("relative_name" in answer.found[0].values) == is_shown
    (listed,) = ServiceDesk(target).answer(find_service(service), {"station": "Kalpanapur"}, asks()).found
    assert listed.values["relative_name"] == "Hari Pal" and listed.match is None
