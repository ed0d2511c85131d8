"""Drafting a register from scans and trying its file: columns agreed on, heads named, kinds told, faults said."""

import random
import re
import shutil

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruled_paper import EDGES, Paper

from digitize.errors import DigitizeError
from digitize.files.forms.toml_text import remark
from digitize.files.registers.author import author
from digitize.files.registers.write import register_text, write_register
from ocr.drafting.ruled_columns import agree_columns, count_running, find_rules
from ocr.registers.form import RegisterColumn, RegisterForm, known_registers, load_register

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
HEADS = ("Beat no.", "Shop visited", "Seen on", "Loss in rupees")
"""Of a register that nobody described: one head alone is a label of the package."""
SHOPS = ("Mithya stores", "Kalpana mills", "Namuna press", "Udaharan works")
ROWS = 6


def shop_book(first=1, heads=HEADS, edges=EDGES, missing=(), stray=None):
    """A page of a drawn shop register; missing: rules that are not there, stray: where a stroke looks like one."""
    paper = Paper()
    levels = [100 + 120 * i for i in range(ROWS + 2)]
    for y in levels:
        paper.rule((edges[0], y), (edges[-1], y))
    for x in [e for i, e in enumerate(edges) if i not in missing] + ([stray] if stray else []):
        paper.rule((x, levels[0]), (x, levels[-1]))
    for text, left in zip(heads, edges, strict=False):
        paper.write((left + 12, 140), text)
    for i in range(ROWS):
        y = 250 + 120 * i
        texts = (f"{first + i}", SHOPS[i % 4], f"{3 + i}/11/1987", f"{250 + 75 * i}.{60 + 5 * i}")
        for text, left in zip(texts, edges, strict=False):
            paper.write((left + 20, y), text)
    return paper.grey


@pytest.fixture
def book(tmp_path):
    """Writes pages as files and names them."""

    def write(*pages):
        paths = []
        for number, page in enumerate(pages, 1):
            paths.append(tmp_path / f"page_{number}.png")
            cv2.imwrite(str(paths[-1]), page)
        return paths

    yield write
    known_registers.cache_clear()


def draft(digitize, folder, scans, name="reg_shops", *more):
    return digitize.json("registers", "new", *scans, "--id", name, "--out", folder, *more)


@needs_tesseract
def test_a_register_that_nobody_described_is_drafted_and_its_pages_are_read_with_the_file(digitize, book, tmp_path):
    scans = book(shop_book(), shop_book(first=7))
    told = draft(digitize, tmp_path, scans, "reg_shops", "--lang", "en")
    columns = [(c["id"], c["kind"]) for c in told["columns"]]
    assert [kind for _, kind in columns] == ["digits", "line", "date", "decimal"]
    assert [name for name, _ in columns][1:] == ["shop_visited", "seen_on", "loss_in_rupees"]
    assert told["row_start"] == columns[0][0] and told["rows"] == ROWS and told["left_out"] == []
    assert all(c["look"] for c in told["columns"][1:])
    form = load_register(tmp_path / "registers" / "reg_shops.toml")
    assert form.column("shop_visited").labels == {"en": ("Shop visited",)}
    shares = np.cumsum([0, *(c.width for c in form.columns)]) / sum(c.width for c in form.columns)
    drawn = (np.array(EDGES) - EDGES[0]) / (EDGES[-1] - EDGES[0])
    assert np.abs(shares - drawn).max() < 0.01
    picture = cv2.imread(str(tmp_path / "registers" / "reg_shops.png"))
    assert picture.shape[1] > 1000 and len(np.unique(picture.reshape(-1, 3), axis=0)) > 100
    # With the heads that it was given the file knows its pages, and finds all rows and cells there.
    tried = digitize.json("registers", "try", told["file"], *scans, "--images", tmp_path / "seen")
    assert [(p["columns"], p["heads"], p["rows"], p["written"]) for p in tried["pages"]] == [(4, 4, ROWS, 4 * ROWS)] * 2
    assert sorted(p.name for p in (tmp_path / "seen").iterdir()) == [
        "page_1.png.reg_shops.png",
        "page_2.png.reg_shops.png",
    ]


@needs_tesseract
def test_numbers_that_go_up_by_one_are_heads_and_figures_of_a_first_row_are_none(digitize, book, tmp_path):
    assert count_running(("1", "2", "", "४", "x", "6")) == (1, 4) and count_running(("250", "", "x")) == (250, 1)
    told = draft(digitize, tmp_path, book(shop_book(heads=("5", "6", "7", "8"))), "reg_hours", "--lang", "en")
    assert [c["printed"] for c in told["columns"]] == ["5", "6", "7", "8"]
    assert told["rows"] == ROWS and told["look"] == []
    assert load_register(tmp_path / "registers" / "reg_hours.toml").columns[3].labels == {"en": ("8",)}


@needs_tesseract
def test_the_file_of_a_draft_says_what_is_doubtful_and_what_was_printed(digitize, book, tmp_path):
    asked = ("registers", "new", *book(shop_book()), "--id", "reg_shops", "--out", tmp_path, "--lang", "en")
    shown = digitize(*asked)
    assert "rows start at" in shown and "to check" in shown
    text = (tmp_path / "registers" / "reg_shops.toml").read_text(encoding="utf-8")
    assert text.startswith("# Drafted by digitize registers new from 1 scan. ")
    assert re.search(
        r'# printed: Shop visited\n# look: the heading is not known; .*\n(# look: .*\n)*\[\[column\]\]\nid = "shop',
        text,
    )
    digitize(*asked, code=5)


@needs_tesseract
def test_a_register_of_the_samples_is_drafted_with_the_ids_of_the_library(digitize, samples, tmp_path):
    told = draft(digitize, tmp_path, [samples / "registers" / "reg_gd_hi_light_3_0.jpg"], "reg_diary")
    package = known_registers().forms["reg_gd"]
    assert [c["id"] for c in told["columns"]] == list(package.ids)
    assert [c["kind"] for c in told["columns"]] == [c.kind for c in package.columns]
    assert (told["languages"], told["row_start"], told["title"]) == (["hi"], "entry_no", "रोजनामचा आम")
    assert told["like"].startswith("reg_gd ")


@needs_tesseract
def test_a_spread_is_drafted_as_one_row_and_a_number_that_is_repeated_is_left_out(digitize, samples, tmp_path):
    told = draft(
        digitize, tmp_path, [samples / "registers" / "reg_arrest_bn_light_2_0.jpg"], "reg_taken", "--lang", "bn"
    )
    assert (len(told["columns"]), told["spread_from"]) == (14, "caste")
    assert told["left_out"] == ["column 8: the right-hand page repeats sl there; this is taken into account"]
    assert load_register(tmp_path / "registers" / "reg_taken.toml").split == 7


def refused(tmp_path, *scans, name="reg_x"):
    """What a draft is refused with; nothing is written."""
    with pytest.raises(DigitizeError) as told:
        author(scans, name, tmp_path, ("en",))
    assert not (tmp_path / "registers").exists()
    return told.value


@needs_tesseract
def test_two_pages_with_the_same_columns_are_no_spread(book, tmp_path):
    scans = book(np.hstack([shop_book()[:1100], shop_book(first=7)[:1100]]))
    assert "two pages with the same 4 columns: split the scan" in str(refused(tmp_path, *scans))


def test_scans_that_give_no_columns_are_refused_saying_why(book, tmp_path):
    bare = Paper()
    two = Paper()
    for x in (300, 700):
        two.rule((x, 100), (x, 1500))
    for i in range(20):
        two.write((340, 120 + 60 * i), "Specimen Kalpana")
    bare_scan, two_scan, shops = book(bare.grey, two.grey, shop_book())
    assert "page_1.png: no ruled columns were found" in str(refused(tmp_path, bare_scan))
    said = str(refused(tmp_path, shops, two_scan))
    assert re.search(r"page_2\.png: only \d upright rules? found; at least 4 are needed", said)


def test_scans_of_two_registers_are_refused_naming_both(book, tmp_path):
    other = shop_book(edges=(80, 350, 420, 600, 780, 960, 1120))
    said = str(refused(tmp_path, *book(shop_book(), other)))
    assert "different tables (page_1.png: 4 columns; page_2.png: 6 columns)" in said


def test_a_name_that_is_none_or_taken_is_refused_before_scans_are_read(tmp_path):
    assert "start with reg_" in str(refused(tmp_path, tmp_path / "none.png", name="Beat"))
    assert "there is already a register" in str(refused(tmp_path, tmp_path / "none.png", name="reg_gd"))


def test_several_scans_vote_on_each_rule():
    pages = [shop_book(missing=(2,)), shop_book(), shop_book(stray=920), shop_book()]
    agreed = agree_columns([find_rules(page, str(n)) for n, page in enumerate(pages)])
    drawn = [(e - EDGES[0]) / (EDGES[-1] - EDGES[0]) for e in EDGES]
    assert np.abs(np.array([rule.at for rule in agreed.halves[0]]) - drawn).max() < 0.01
    assert [rule.seen for rule in agreed.halves[0]] == [4, 4, 3, 4, 4] and agreed.others == ()
    assert {page.counts for page in agreed.pages} == {(4,)}


def test_a_scan_of_another_table_is_left_out():
    pages = [shop_book(), shop_book(edges=(80, 350, 420, 600, 780, 960, 1120)), shop_book(first=7)]
    agreed = agree_columns([find_rules(page, str(n)) for n, page in enumerate(pages)])
    assert (agreed.counts, agreed.others) == ((4,), ("1",))


@needs_tesseract
def test_a_page_without_the_columns_of_a_file_ends_with_3(digitize, book, tmp_path):
    scans = book(shop_book(), shop_book(edges=(80, 350, 420, 600, 780, 960, 1120)))
    file = tmp_path / "reg_shops.toml"
    columns = "".join(
        f'[[column]]\nid = "c{i}"\nwidth = {b - a}\n' for i, (a, b) in enumerate(zip(EDGES, EDGES[1:], strict=False))
    )
    file.write_text(f'id = "reg_shops"\ntitle = "x"\nrow_start = "c0"\n{columns}', encoding="utf-8")
    pages = digitize.json("registers", "try", file, *scans, code=3)["pages"]
    assert [p["reason"] for p in pages] == ["", "its lines separate 6 columns, the file has 4"]
    file.write_text(file.read_text(encoding="utf-8").replace('row_start = "c0"', 'row_start = "no"'), encoding="utf-8")
    digitize("registers", "try", file, scans[0], code=4)
    digitize("registers", "try", tmp_path / "none.toml", scans[0], code=5)
    digitize("registers", "new", scans[0], "--id", "Beat", "--out", tmp_path, code=4)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)


@st.composite
def registers(draw):
    """Any register, with any texts above its columns."""
    ids = draw(st.lists(names, min_size=2, max_size=12, unique=True))
    kinds = st.sampled_from(["line", "block", "digits", "decimal", "year", "date", "time", "sections"])
    columns = [
        RegisterColumn(
            id=name, kind=draw(kinds), width=draw(st.floats(0.1, 100).map(lambda x: round(x, 1))),
            labels=draw(st.dictionaries(st.sampled_from(["en", "hi"]), st.tuples(texts))),
        )
        for name in ids
    ]  # fmt: skip
    start, split = draw(st.sampled_from(ids)), draw(st.sampled_from(["", *ids]))
    titles = draw(st.dictionaries(st.sampled_from(["en", "ta"]), st.tuples(texts)))
    return RegisterForm(
        id="reg_x", title=draw(texts), row_start=start, spread_from=split, days=draw(st.booleans()), titles=titles,
        column=tuple(columns),
    )  # fmt: skip


@settings(max_examples=30)
@given(registers(), st.lists(texts), st.data())
def test_a_written_register_is_read_back_as_it_was_with_its_remarks(tmp_path_factory, form, head, data):
    above = {name: data.draw(st.lists(texts, min_size=1, max_size=3)) for name in form.ids[:3]}
    path = tmp_path_factory.mktemp("file") / "reg_x.toml"
    text = register_text(form, head, above)
    assert write_register(path, text) == form and [p.name for p in path.parent.iterdir()] == ["reg_x.toml"]
    lines = text.split("\n")
    assert lines[: len(head)] == [remark(x) for x in head]
    columns = [n for n, line in enumerate(lines) if line == "[[column]]"]
    for at, name in zip(columns, form.ids, strict=True):
        own = [remark(x) for x in above.get(name, ())]
        assert lines[at - len(own) : at] == own and lines[at - len(own) - 1] == ""


@settings(max_examples=5)
@given(st.lists(st.integers(80, 400), min_size=3, max_size=6), st.randoms())
def test_agreed_columns_cover_the_width_whatever_one_page_shows(gaps, rng):
    scale = 1040 / sum(gaps)
    edges = tuple(int(80 + scale * x) for x in np.cumsum([0, *gaps]))
    rows = random.Random(rng.random())
    pages = [shop_book(heads=(), edges=edges, first=rows.randrange(1, 90)) for _ in range(2)]
    found = [find_rules(page, "x") for page in pages]
    agreed = agree_columns([page for page in found if not isinstance(page, int)])
    at = [rule.at for rule in agreed.halves[0]]
    assert (at[0], at[-1]) == (0.0, 1.0) and at == sorted(at)
    assert sum(b - a for a, b in zip(at, at[1:], strict=False)) == pytest.approx(1.0)
