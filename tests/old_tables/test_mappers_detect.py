"""Which encoding a column is in: found by its values together, asked where they do not tell, never a crash."""

from __future__ import annotations

import codecs
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.encodings import decode_cell, encode, encodings, find_encoding, load_encodings, to_characters
from mappers.encodings.detect import detect_column
from mappers.encodings.judge import ColumnJudge
from mappers.encodings.ngrams import STEP, Grams, count, models, pack, unpack
from mappers.mapping.column_encodings import EncodedColumn
from sample_data.legacy_bench import LANGUAGE_OF, words, writable

KRUTI = "krutidev-010"
HINDI = words()["hi"]
WRITTEN = [n for n, e in encodings().items() if e.info.script in LANGUAGE_OF and len(writable(n)) > 9]
FONTS = [n for n in WRITTEN if encodings()[n].info.family != "iscii"]
ENGLISH = [
    "Kalpanapur bus stand",
    "S/O Udaharan Lal, R/O Namuna Nagar",
    "U/S 379/411 IPC",
    "Theft of motor cycle",
    "NIL",
]
PLAIN_COLUMNS = [
    ["K01", "K02"],
    ["M", "F"],
    ["1/1999", "2/1999"],
    ["MH12 AB 1234"],
    ["MH-12-AB-1234", "UP 32 X 99"],
    ["PS001"],
    ["Yes", "No"],
    ["IPC"],
    ["379 IPC", "420/34 IPC"],
    ["SC", "ST", "OBC", "GEN"],
    ["Kotwali", "Sadar"],
    ["-do-", "nil"],
    ["12-03-1998"],
    ["THEFT"],
    [],
    ["", " "],
    ["Sendhmari", "Marpit", "Nakabzani"],
    ["The complainant reported the theft of a bicycle", "Case No. 12/98 under section 379 IPC"],
]


def column(name: str, texts: list[str]) -> list[bytes]:
    return [encode(name, t) for t in texts]


@pytest.mark.parametrize("name", FONTS)
def test_a_font_is_found_from_a_column_of_its_words(name: str) -> None:
    texts = writable(name)
    found = detect_column(column(name, texts))
    assert found.is_sure
    read = [decode_cell(find_encoding(found.best), v).text for v in column(name, texts)]
    # A short word may be English as well ("adi").
    assert sum(a != b for a, b in zip(read, texts, strict=True)) <= 1


@pytest.mark.parametrize("name", FONTS)
def test_three_words_are_enough_for_the_family_or_are_asked(name: str) -> None:
    texts = sorted(writable(name), key=len)[-9:]
    for i in (0, 3, 6):
        found = detect_column(column(name, texts[i : i + 3]))
        assert found.family == encodings()[name].info.family or not found.is_sure


@pytest.mark.parametrize("name", [n for n in WRITTEN if n.startswith("iscii")])
def test_iscii_is_found_and_its_script_taken_from_the_state(name: str) -> None:
    found = detect_column(column(name, writable(name)), expected=[name])
    assert (found.best, found.is_sure) == (name, True)
    assert detect_column(column(name, writable(name)[:3])).family == "iscii"


def test_iscii_says_its_script_by_an_attribute_code() -> None:
    values = [b"\xef\x44" + v for v in column("iscii-tml", writable("iscii-tml")[:5])]
    assert detect_column(values).best == "iscii-tml"


@pytest.mark.parametrize("values", PLAIN_COLUMNS, ids=lambda v: "-".join(v)[:24])
def test_plain_text_and_short_codes_are_not_asked(values: list[str]) -> None:
    found = detect_column([v.encode() for v in values])
    assert (found.best, found.family, found.is_sure) == ("", "plain", True)


def test_english_among_a_fonts_cells_does_not_hide_the_font() -> None:
    found = detect_column([*column(KRUTI, HINDI), *(e.encode() for e in ENGLISH)])
    assert (found.best, found.is_sure) == (KRUTI, True)
    assert found.plain == len(ENGLISH)


def test_a_stray_cell_does_not_turn_a_column() -> None:
    values = [*column(KRUTI, HINDI[:6]), b"[[[{{{}}}]]]0[1[2[3[4[5[6[7x"]
    assert detect_column(values).best == KRUTI


def test_of_fonts_that_read_alike_the_most_common_is_taken_and_is_sure() -> None:
    values = column("devlys-010", HINDI)
    assert [decode_cell(find_encoding(KRUTI), v).text for v in values] == HINDI
    found = detect_column(values)
    assert (found.best, found.is_sure) == (KRUTI, True)
    assert detect_column(values, expected=["devlys-010"]).best == "devlys-010"


def test_the_font_that_the_container_names_settles_a_short_column() -> None:
    (cell,) = column("mltt-karthika", ["ജില്ല"])
    named = detect_column([cell], font="ML-TTKarthika Bold")
    assert (named.best, named.is_sure) == ("mltt-karthika", True)
    assert ("font-named", 1.0) in named.evidence


def test_the_container_may_name_a_wrong_font() -> None:
    assert detect_column(column("bamini", writable("bamini")), font="Kruti Dev 010").best == "bamini"


def test_what_says_too_little_is_asked() -> None:
    for value in (b"\xc8\xe3", b"}", b"$", b"\x81\x8d\x04"):
        assert not detect_column([value]).is_sure


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("has_mark", [False, True])
def test_unicode_is_plain(codec: str, has_mark: bool) -> None:
    mark = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}[codec]
    values = [(mark if has_mark else b"") + t.encode(codec) for t in [*HINDI, "Kalpanapur"]]
    found = detect_column(values)
    assert (found.best, found.is_sure) == ("", True)
    read = EncodedColumn("c", None, found)
    assert [read.decode(v).text.removeprefix("\ufeff") for v in values] == [*HINDI, "Kalpanapur"]


def test_half_english_beside_unicode_is_not_asked() -> None:
    found = detect_column([*(t.encode() for t in HINDI[:5]), *(e.encode() for e in ENGLISH)])
    assert (found.best, found.family, found.is_sure) == ("", "plain", True)


def test_unicode_and_a_font_in_one_column_are_asked() -> None:
    assert not detect_column([*(t.encode() for t in HINDI[:10]), *column(KRUTI, HINDI[10:20])]).is_sure


def test_utf8_saved_twice_is_found_and_repaired_and_what_was_cut_is_seen() -> None:
    values = [t.encode().decode("cp1252", "ignore").encode() for t in ("कखग घच", "जझञ टठ", "Namuna")]
    values = [encode("utf8-doubled", t) for t in HINDI] + values[2:]
    found = detect_column(values)
    assert (found.best, found.family, found.is_sure) == ("utf8-doubled", "utf8", True)
    assert [decode_cell(find_encoding(found.best), v).text for v in values] == [*HINDI, "Namuna"]
    assert detect_column([v[:-1] for v in values]).best == "utf8-doubled"


def test_a_character_cut_by_a_narrow_field_is_marked_and_the_rest_kept() -> None:
    cut = "दिनांक".encode()[:-1]
    assert detect_column([cut]).family == "plain"
    cell = decode_cell(None, cut)
    assert (cell.text, cell.notes) == ("दिनां\ufffd", ("character-cut",))


def test_font_text_saved_as_utf8_is_read_through_it() -> None:
    values = [to_characters(v).encode() for v in column("nudi-baraha", writable("nudi-baraha"))]
    found = detect_column(values)
    assert (found.best, found.stored, found.is_sure) == ("nudi-baraha", "utf-8", True)
    read = EncodedColumn("c", find_encoding(found.best), found)
    assert [read.decode(v).text for v in values] == writable("nudi-baraha")


def test_characters_of_a_spreadsheet_are_judged_like_bytes() -> None:
    values = column("bijoy-sutonnymj", writable("bijoy-sutonnymj"))
    characters = [to_characters(v) for v in values]
    assert detect_column(characters).best == detect_column(values).best == "bijoy-sutonnymj"


def test_a_font_map_of_ones_own_takes_part_and_takes_no_english(tmp_path) -> None:
    lines = (f"{chr(0xA1 + i)}\t{c}" for i, c in enumerate("कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौं्"))
    (tmp_path / "own-font.tsv").write_text("//! script: Deva\n" + "\n".join(lines) + "\n", encoding="utf-8")
    known = load_encodings((tmp_path,))
    own = known["own-font"]
    texts = [t for t in HINDI if set(t) <= set("कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौं्")]
    values = [own.encode(t).encode("cp1252") for t in texts]
    assert len(values) > 5
    assert detect_column(values, found=known).best == "own-font"
    for text in ENGLISH:
        assert detect_column([text.encode()], found=known).family == "plain"


@pytest.mark.parametrize("times", [1, 2])
def test_unicode_that_was_saved_twice_through_latin_1_is_found(times: int) -> None:
    texts = [t.encode() for t in HINDI]
    for _ in range(times):
        texts = [t.decode("latin-1").encode() for t in texts]
    for values in (texts, [t.decode() for t in texts]):
        found = detect_column(values)
        assert (found.best, found.family, found.is_sure) == ("utf8-doubled", "utf8", True)


def test_bytes_of_no_text_are_asked() -> None:
    dice = random.Random(4)
    junk = [[bytes(dice.choices(range(0x20, 0x100), k=8)) for _ in range(n)] for n in (1, 3, 10) for _ in range(10)]
    assert not [j for j in junk if detect_column(j).is_sure]


CELLS = st.lists(st.one_of(st.binary(max_size=12), st.text(max_size=12)), max_size=6)


@settings(deadline=None, max_examples=150)
@given(CELLS)
def test_any_values_are_judged_in_any_order(values: list[bytes | str]) -> None:
    found = detect_column(values)
    assert 0 <= found.margin <= 1 and 0 <= found.plain <= max(found.cells, len(values))
    assert found == detect_column(values[::-1])
    assert found == detect_column([*values, *values])
    assert found.family == "plain" or found.best in encodings()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=255), min_size=1, max_size=20), min_size=1))
def test_all_shares_together_are_one(cells: list[str]) -> None:
    shares = [c.share for c in ColumnJudge(sorted(set(cells)), encodings()).candidates()]
    assert sum(shares) == pytest.approx(1)
    assert min(shares) >= 0


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=8))
def test_the_triples_of_texts_are_theirs_alone(texts: list[bytes]) -> None:
    together = Grams.from_texts(texts)
    apart = [Grams.from_texts([t]).keys for t in texts]
    assert together.keys.tolist() == np.concatenate(apart).tolist()
    assert together.starts.tolist() == np.cumsum([0, *map(len, apart[:-1])]).tolist()


def test_a_model_comes_back_from_its_file_within_half_a_step() -> None:
    texts = [t.encode() for t in ENGLISH] * 20
    grams = Grams.from_texts(texts)
    model = count(grams)
    again = unpack(pack({"english": model}))["english"]
    assert np.abs(model.score_trigrams(grams.keys) - again.score_trigrams(grams.keys)).max() < 2.5 * STEP
    assert model.score_trigram(*b"Kal") == pytest.approx(
        float(model.score_trigrams(np.array([0x4B616C], np.uint32))[0])
    )


def test_every_encoding_of_the_package_was_learned() -> None:
    """A new table wants `training/encodings.py` run again: a font known by its words alone is found late."""
    unlearned = {n for n, e in encodings().items() if n not in models() and e.info.script in LANGUAGE_OF}
    assert not unlearned
