"""Names across scripts: spelling, keys, search, the gazetteer of places, and `digitize romanize`."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from digitize.cli.app import build
from mappers.codes import states
from mappers.names import language_for, name_key, romanise
from mappers.names.aliases import place_names, place_ways
from mappers.names.costs import ALPHABET, codes_of, cost_table, distances
from mappers.names.index import NameIndex
from mappers.names.romanise import sounds
from mappers.names.sounds import latin_sounds
from mappers.text.folding import fold_written

GOLDEN = Path(__file__).parents[1] / "golden" / "names" / "pairs.tsv"
PAIRS = [tuple(line.split("\t")) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
BLOCKS = [(0x900, 0x97F), (0x980, 0x9FF), (0xA00, 0xA7F), (0xA80, 0xAFF), (0xB00, 0xB7F), (0xB80, 0xBFF),
          (0xC00, 0xC7F), (0xC80, 0xCFF), (0xD00, 0xD7F), (0x600, 0x6FF)]  # fmt: skip
indic_text = st.one_of(
    *(st.text(st.one_of(st.characters(min_codepoint=lo, max_codepoint=hi), st.just(" "))) for lo, hi in BLOCKS)
)
any_text = st.one_of(st.text(), indic_text)


@pytest.mark.parametrize(
    ("text", "language", "spelled"),
    [
        ("राम कुमार शर्मा", "", "Ram Kumar Sharma"),
        ("रामदेव", "hi", "Ramdev"),
        ("गिरिधर गोपाल", "hi", "Giridhar Gopal"),
        ("ज्ञानदेव", "mr", "Dnyandev"),
        ("ज्ञानदेव", "hi", "Gyandev"),
        ("রাম কুমার", "", "Ram Kumar"),
        ("সুবীর দত্ত", "bn", "Subir Dutta"),
        ("ৰমেন দাস", "", "Ramen Das"),
        ("ਕੁਲਵੰਤ ਸਿੰਘ", "", "Kulvant Singh"),
        ("ਚੱਠਾ", "", "Chattha"),
        ("રમણલાલ શાહ", "", "Ramanlal Shah"),
        ("ରମେଶ ସାହୁ", "", "Ramesh Sahu"),
        ("முருகன்", "", "Murugan"),
        ("அண்ணாமலை", "", "Annamalai"),
        ("రమేష్ రావు", "", "Ramesh Rao"),
        ("ರಮೇಶ್ ಗೌಡ", "", "Ramesh Gowda"),
        ("രമേശൻ നായർ", "", "Rameshan Nair"),
        ("بشیر احمد", "", "Bashir Ahmad"),
        ("Rāma Kṛṣṇa", "", "Rama Krshna"),
        ("थाना क्र. १२/२०१९", "", "Thana Kra. 12/2019"),
        ("राम s/o श्याम", "", "Ram s/o Shyam"),
        ("", "", ""),
    ],
)
def test_names_are_spelled_as_indians_spell_them(text, language, spelled):
    assert romanise(text, language) == spelled


@pytest.mark.parametrize(
    ("text", "language"),
    [("राम", "hi"), ("बाळ", "mr"), ("রাম", "bn"), ("ৰাম", "as"), ("ਰਾਮ", "pa"), ("રામ", "gu"), ("ରାମ", "or"), ("ராம்", "ta"),
     ("రామ", "te"), ("ರಾಮ", "kn"), ("രാമ", "ml"), ("رام", "ur"), ("Ram", ""), ("12", ""), ("Ram राम शर्मा", "hi")],
)  # fmt: skip
def test_the_script_tells_the_language(text, language):
    assert language_for(text) == language


def test_a_language_of_another_script_is_passed_over():
    assert romanise("முருகன்", "hi") == romanise("முருகன்")


@given(any_text)
def test_the_spelling_is_ascii_and_stays(text):
    spelled = romanise(text)
    assert spelled.isascii()
    assert romanise(spelled) == spelled


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_stays_as_it_is(text):
    assert romanise(text) == text


@given(st.one_of(indic_text, st.text(st.sampled_from("aक०१९৩৭੫૨୪௩౬೨൧۳٤ 05-/আம"))))
def test_no_digit_is_lost(text):
    wanted = [c for c in fold_written(text) if c in "0123456789"]
    assert [c for c in romanise(text) if c.isdigit()] == wanted


@given(any_text, st.sampled_from(["", "hi", "mr", "bn", "as", "ta", "ur", "xx"]))
def test_the_key_is_the_key_of_the_spelling(text, language):
    assert name_key(text, language) == name_key(romanise(text, language))


def test_one_name_has_one_key_in_all_scripts():
    ways = ["Ram Kumar", "राम कुमार", "রাম কুমার", "ਰਾਮ ਕੁਮਾਰ", "રામ કુમાર", "ରାମ କୁମାର", "ராம் குமார்", "రామ్ కుమార్", "ರಾಮ್ ಕುಮಾರ್",
            "രാം കുമാർ", "رام کمار", "Rāma Kumāra", "RAAM KUMAAR"]  # fmt: skip
    assert {name_key(way) for way in ways} == {"rn knr"}


@given(any_text)
def test_every_sound_has_a_code(text):
    assert set(sounds(text)) <= set(ALPHABET)


@given(indic_text, indic_text)
def test_distance_is_nothing_to_itself_and_never_more_than_leaving_all_out(one, other):
    table = cost_table("")
    said = [sounds(one), sounds(other)]
    matrix = np.zeros((2, max(map(len, said)) + 1), np.uint8)
    for row, s in zip(matrix, said, strict=True):
        row[: len(s)] = codes_of(s)
    cost, whole = distances(said[0], matrix, table)
    assert cost[0] == pytest.approx(0, abs=1e-4)
    assert (cost >= -1e-4).all()
    assert cost[1] <= table.leave_out[codes_of(said[0])].sum() + table.leave_out[codes_of(said[1])].sum() + 1e-4
    assert whole[0] == pytest.approx(table.leave_out[codes_of(said[0])].sum(), abs=1e-3)


def test_costs_hold_both_ways():
    for language in ("", "ta", "ur", "as"):
        swap = cost_table(language).swap
        assert (swap == swap.T).all()


def test_every_golden_name_is_found_among_all_crossings():
    """First names by surnames of all golden names, so that each has near neighbours."""
    english = [e for _, _, e in PAIRS]
    two = [e.split() for e in english if " " in e]
    index = NameIndex([*english, *(f"{a[0]} {b[-1]}" for a in two for b in two)])
    ranks = [[m.name for m in index.search(name, 5, lang)] for lang, name, _ in PAIRS]
    first = sum(found[0] == e for found, e in zip(ranks, english, strict=True))
    five = sum(e in found for found, e in zip(ranks, english, strict=True))
    assert first >= 0.97 * len(PAIRS)
    assert five == len(PAIRS)


def test_the_same_letters_score_one_and_lead():
    index = NameIndex(["Lakshmi", "Laxmi", "Lakhimi"])
    found = index.search("laxmi")
    assert (found[0].name, found[0].score) == ("Laxmi", 1.0)
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)


def test_names_of_an_index_may_be_in_any_script():
    assert NameIndex(["मोहन लाल", "সোহন লাল"]).search("Mohan Lal")[0].name == "मोहन लाल"


def test_places_are_found_by_other_spellings_and_other_names():
    index = NameIndex(["Cuttack", "Katra", "Kataka Hills", "Bombay", "Mumbai", "Varanasi", "Tiruchirappalli"])
    assert index.search("ಕಟಕ")[0].name == "Cuttack"
    assert [m.name for m in index.search("मुंबई")[:2]] == ["Mumbai", "Bombay"]
    assert index.search("Benares")[0].name == "Varanasi"
    assert index.search("திருச்சி")[0].name == "Tiruchirappalli"
    assert NameIndex(["Cuttack", "Katra"], with_places=False).search("కటక")[0].by in {"Cuttack", "Katra"}


def test_the_usual_spelling_of_a_place_leads_unless_the_letters_are_the_same():
    index = NameIndex(["Kataka", "Cuttack"])
    assert index.search("କଟକ")[0].name == "Cuttack"
    assert index.search("Kataka")[0].name == "Kataka"


def test_searching_nothing_finds_nothing():
    assert NameIndex([]).search("Ram") == []
    assert NameIndex(["Ram"]).search("") == []
    assert NameIndex(["Ram"]).search("१२३") == []
    assert NameIndex(["Ram"]).search("Ram", limit=0) == []


@given(any_text, st.integers(1, 4))
def test_search_never_fails_and_keeps_its_limits(text, limit):
    found = NameIndex(["Ram Lal", "Sita Devi", "Cuttack", "", "...", "५"]).search(text, limit)
    assert len(found) <= limit
    assert all(0 <= m.score <= 1 for m in found)


@given(st.lists(st.text(st.characters(codec="ascii", categories=["L"]), min_size=1), max_size=8))
def test_every_name_of_an_index_finds_itself_first(names):
    index = NameIndex(names)
    for name in names:
        assert index.search(name, 1)[0].score == 1.0 if latin_sounds(name) else True


def test_the_gazetteer_is_consistent():
    known = {s.code for s in states().values()}
    rows = place_names()
    assert len(rows) > 500
    assert len({(p.name, p.state) for p in rows}) == len(rows)
    for place in rows:
        assert place.kind in {"state", "district", "city"}
        assert not place.state or place.state in known, place.name
        assert not {place.name} & {*place.spellings, *place.other_names}, place.name
        assert all(w.isascii() for w in (place.name, *place.spellings, *place.other_names))
    assert [p.name for p in place_ways()["calcutta"]] == ["Kolkata", "Calcutta"]


def test_every_listed_word_stands_once():
    path = Path(__file__).parents[2] / "mappers" / "names" / "words.tsv"
    with path.open(encoding="utf-8", newline="") as f:
        words = [row[0] for row in csv.reader(f, delimiter="\t") if row and not row[0].startswith("//")]
    assert len(words) == len(set(words))


def test_the_command_writes_one_line_for_each():
    done = CliRunner().invoke(build(), ["romanize"], input="राम\n\nমোহন\n")
    assert done.exit_code == 0
    assert done.output == "Ram\n\nMohan\n"


def test_the_command_takes_names_and_looks_them_up(tmp_path):
    pool = tmp_path / "pool.txt"
    pool.write_text("Kolkata\nKanpur\n", encoding="utf-8")
    done = CliRunner().invoke(build(), ["romanize", "কলকাতা", "--match", str(pool), "--limit", "1", "--json"])
    entry = json.loads(done.output)["names"][0]
    assert entry["romanised"] == "Kalkata"
    assert entry["matches"][0]["name"] == "Kolkata"


def test_a_missing_list_is_named(tmp_path):
    done = CliRunner().invoke(build(), ["romanize", "राम", "--match", str(tmp_path / "none.txt")])
    assert "none.txt" in str(done.exception)
