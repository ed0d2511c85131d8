"""FIRs of several pages: the samples hold together, mean what their gold says, and run to their end as one record each."""

import json
import shutil
from itertools import groupby, product
from pathlib import Path

import pytest
from callers import answer_open
from PIL import Image, ImageChops

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from digitize.workspace.place import open_place
from mappers.codes import place_lists
from mappers.mapping.load import find_mapping, load_mappings, map_readings
from mappers.sources.values import MapContext, PageValues, ZoneValue
from mappers.states import load_state
from ocr.forms.form import load_forms
from ocr.page import Scan
from ocr.scans.scan import open_page
from sample_data.fonts import FontMissing, Fonts
from sample_data.make import Studio, zones_of
from sample_data.plan import SEED
from sample_data.sheet_cases import whole_firs
from sample_data.sheets import sheet_forms, sheet_id, sheet_labels, sheet_style

HERE = Path(__file__).parents[2] / "sample_data"
SCANS, CASE_FORMS = HERE / "fir_sheets", HERE / "case_forms"
GOLD = [
    {**json.loads(line), "path": folder}
    for folder in (SCANS, CASE_FORMS)
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
]
RECORDS = {file: list(pages) for file, pages in groupby(GOLD, key=lambda g: g["file"])}
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def forms_of(gold):
    return [load_forms()[sheet_id(g["form"], g["part"], g["language"])] for g in gold]


@pytest.mark.parametrize("family", sheet_forms())
def test_all_that_is_printed_on_a_form_has_words_in_its_languages(family):
    form = sheet_forms()[family]
    labels = {cell.split()[1] for p in form.pages for row in p.rows for cell in row.strip("> ").split(";")} - {"-"}
    for language in form.languages:
        say = sheet_labels(language)
        assert all(say[label] for label in (*labels, form.label, form.under, *form.signatures, "page"))


@pytest.mark.parametrize("family", sheet_forms())
def test_every_page_of_a_form_has_a_file_and_they_are_told_apart_by_part(family):
    form = sheet_forms()[family]
    known = load_forms()
    for language in form.languages:
        files = [known[sheet_id(family, page.part, language)] for page in form.pages]
        assert [f.part for f in files] == list(range(1, len(form.pages) + 1))
        assert [(f.optional, f.repeats) for f in files] == [(p.optional, p.repeats) for p in form.pages]
        assert all(f.ties == form.ties and f.family == family for f in files)
        # What a later page has of the first one ties it, or goes on there.
        first = {z.id for z in files[0].zones}
        assert all({z.id for z in f.zones} & first <= set(form.ties) for f in files[1:])


@pytest.mark.parametrize("gold", GOLD, ids=lambda g: f"{Path(g['file']).stem}-{g['page']}")
def test_gold_speaks_of_the_forms_zones_and_of_places_on_the_page(gold):
    (form,) = forms_of([gold])
    assert set(gold["zones"]) == set(gold["boxes"]) == {z.id for z in form.zones}
    page = open_page(Scan(gold["path"] / gold["file"], "", gold["page"]), 200)
    for x0, y0, x1, y1 in gold["boxes"].values():
        assert 0 <= x0 < x1 <= page.width and 0 <= y0 < y1 <= page.height


@pytest.mark.parametrize("pages", RECORDS.values(), ids=lambda pages: Path(pages[0]["file"]).stem)
def test_all_pages_together_mean_the_record(pages):
    first, ties = pages[0]["form"], sheet_forms()[pages[0]["form"]].ties
    values = [
        PageValues(
            str(g["page"]),
            first,
            {z: ZoneValue(t, t, blank=not t) for z, t in g["zones"].items() if g["part"] == 1 or z not in ties},
        )
        for g in pages
    ]
    state = load_state("wb")
    context = MapContext(
        "r", state=state, language=pages[0]["language"], book_year=2020, lists=place_lists("wb", HERE / "stations.csv")
    )
    mapping = find_mapping(load_mappings(), family=first, state="wb")
    (record,) = map_readings(mapping, values, context)
    got = {k: v.value for k, v in record.fields.items() if v.value is not None and k != "state"}
    expected = {k: v for g in pages for k, v in g["record"].items() if not isinstance(v, list)}
    if "narrative" in expected:
        expected["narrative"] = "\n".join(g["record"]["narrative"] for g in pages if "narrative" in g["record"])
    assert got == expected
    for table in ("acts", "persons", "property"):
        rows = [{k: v.value for k, v in r.items() if v.value is not None} for r in record.children.get(table, ())]
        assert rows == rows_of(pages, table), table
    assert not [name for name, text in record.left_over.items() if text]


def rows_of(pages, table):
    """The rows of all pages. What a page says of a person without the name belongs to the next one of that role."""
    told = [row for g in pages for row in g["record"][table]]
    rows = [row for row in told if table != "persons" or "name" in row]
    for role, without in groupby((row for row in told if row not in rows), key=lambda row: row["role"]):
        for at, more in zip([n for n, row in enumerate(rows) if row["role"] == role], without, strict=False):
            rows[at] = rows[at] | more
    return rows


@pytest.fixture(scope="module")
def studio():
    try:
        Fonts().check()
    except FontMissing as e:
        pytest.skip(f"the fonts to draw with are not here: {str(e).splitlines()[0]}")
    return Studio(Fonts())


@pytest.mark.parametrize("family", sheet_forms())
def test_the_form_files_are_those_of_the_layout(studio, family):
    form, known = sheet_forms()[family], load_forms()
    for language, page in product(form.languages, form.pages):
        drawn, _ = studio.blank(sheet_style(family, page.part, language))
        zones = known[sheet_id(family, page.part, language)].zones
        assert [(b.zone, b.box) for b in zones_of(drawn)] == [(z.id, z.box) for z in zones]


def test_a_page_drawn_anew_is_the_same_page(studio):
    at, plan = next((n, plan) for n, plan in enumerate(whole_firs()) if plan.share == (2, 2))
    drawn, gold = studio.draw(plan, SEED), GOLD[at]
    told = {"file": plan.file, "page": gold["page"], **drawn.gold, "path": SCANS}
    assert json.loads(json.dumps(told, default=str)) == json.loads(json.dumps(gold, default=str))
    with Image.open(SCANS / plan.file) as scan:
        scan.seek(gold["page"])
        assert ImageChops.difference(scan.convert("L"), drawn.image.convert("L")).getbbox() is None


@pytest.mark.engine
@needs_tesseract
def test_a_workspace_of_whole_firs_runs_to_its_end_and_each_is_one_record(digitize, tmp_path):
    folder, (file, pages) = tmp_path / "ws", next(iter(RECORDS.items()))
    digitize("init", "wb", folder, "--site", "test")
    shutil.copy(HERE / "stations.csv", folder / "lists" / "stations.csv")
    digitize("intake", folder, SCANS / file, "--language", "en")
    totals = digitize.json("run", folder)["totals"]
    assert (totals["pages_read"], totals["pages_failed"], totals["records"], totals["parts_asked"]) == (4, 0, 1, 0)
    zones = {f"wb-test-0001-{n:04}/{zone}": text for n, g in enumerate(pages, 1) for zone, text in g["zones"].items()}
    answer_open(open_place(folder), lambda item: zones.get(item.cell.removeprefix("zone:")))
    totals = digitize.json("run", folder)["totals"]
    assert (totals["clean"], totals["loaded"], totals["open_fields"]) == (1, 1, 0)
    with Ledger(folder / "ledger.sqlite") as ledger:
        (stored,) = Records(ledger).all()
    assert len(stored.record.pages) == 4
    for told in (g["record"] for g in pages):
        assert {k: stored.record.value(k) for k, v in told.items() if isinstance(v, str)} == {
            k: v for k, v in told.items() if isinstance(v, str)
        }


@pytest.mark.engine
@needs_tesseract
def test_each_form_of_a_case_is_one_record_of_its_kind(digitize, tmp_path):
    folder, files = (
        tmp_path / "ws",
        [file for file, pages in RECORDS.items() if file.startswith("iif") and "_en_" in file],
    )
    digitize("init", "wb", folder, "--site", "test")
    shutil.copy(HERE / "stations.csv", folder / "lists" / "stations.csv")
    for file in files:
        digitize("intake", folder, CASE_FORMS / file, "--language", "en", "--volume", file)
    totals = digitize.json("run", folder)["totals"]
    assert (totals["pages_failed"], totals["records"], totals["parts_asked"]) == (0, len(files), 0)
    with Ledger(folder / "ledger.sqlite") as ledger:
        made = {(s.record.form, len(s.record.pages), s.record.value("fir_no")) for s in Records(ledger).all()}
    assert made == {(file.partition("_")[0], len(RECORDS[file]), RECORDS[file][0]["zones"]["fir_no"]) for file in files}
