"""A page goes in, candidates by zone come out: on a form made here, with an engine that is asked and one that is real."""

import dataclasses
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.engines.replay import RecordingEngine
from ocr.errors import EngineFailed, EngineMissing, ScanError
from ocr.forms.read import decide, recognise, require_engine
from ocr.forms.settings import ReadSettings
from ocr.geometry.features import build_features, save
from ocr.languages.lexicon import Lexicon
from ocr.page import Candidate, Scan
from ocr.plain import recognition_from_plain, recognition_to_plain

WIDTH, HEIGHT = 1000, 1300
ZONES = {
    "station": (420, 200, 960, 250, "line", "stations"),
    "year": (420, 300, 960, 350, "year", ""),
    "fir_no": (420, 400, 960, 450, "digits", ""),
    "story": (60, 700, 960, 1000, "block", ""),
    "remarks": (420, 1100, 960, 1150, "line", ""),
}
FILLED = {
    "station": "North Lake",
    "year": "1987",
    "fir_no": "204/87",
    "story": "two cycles were taken\nfrom the market",
}
STATIONS = Lexicon("stations", (("North Lake PS", ("North Lake", "NL")), ("South Mill PS", ("South Mill",))))


def text(page, words, at, size=1.0):
    for i, line in enumerate(words.split("\n")):
        cv2.putText(page, line, (at[0], at[1] + 45 * i), cv2.FONT_HERSHEY_SIMPLEX, size, (0,), 2, cv2.LINE_AA)


def blank_form():
    """The printed part of an invented form: a heading, captions, a foot line; its zones are empty."""
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    text(page, "INVENTED FORM 12 - REPORT BOOK", (120, 90), 1.3)
    for i, name in enumerate(ZONES):
        x0, y0, _, y1, _, _ = ZONES[name]
        text(page, f"{i + 1}. Caption ({name})", (60, y0 - 15) if name == "story" else (60, y1 - 12), 0.8)
    text(page, "Printed for the invented state; keep in the station", (60, 1240), 0.9)
    text(page, "Book no. with serial; see rule 7 (b)", (60, 1280), 0.7)
    return page


def filled_form(values=FILLED):
    page = blank_form()
    for name, words in values.items():
        x0, y0, _, _, _, _ = ZONES[name]
        text(page, words, (x0 + 10, y0 + 36))
    return page


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    """A folder with the invented form."""
    folder = tmp_path_factory.mktemp("forms")
    save(build_features([blank_form()], [z[:4] for z in ZONES.values()]), folder / "invented_12.npz")
    head = (
        'format = 1\nid = "invented_12"\nfamily = "invented"\ntitle = "Invented form 12"\nlanguages = ["en"]\n'
        f'width = {WIDTH}\nheight = {HEIGHT}\nfeatures = "invented_12.npz"\n'
    )
    zones = [
        f'[[zone]]\nid = "{name}"\nbox = [{x0}, {y0}, {x1}, {y1}]\nkind = "{kind}"\n'
        + (f'list = "{listed}"\n' if listed else "")
        for name, (x0, y0, x1, y1, kind, listed) in ZONES.items()
    ]
    (folder / "invented_12.toml").write_text(head + "\n".join(zones), encoding="utf-8")
    return folder


def scanned(tmp_path, page, name="page.png"):
    path = tmp_path / name
    cv2.imwrite(str(path), page)
    return Scan(path, "0" * 64, 0, "page-7")


def settings_for(forms, **changes):
    return dataclasses.replace(ReadSettings(languages=("en",), engine="null", form_folders=(forms,)), **changes)


def test_without_an_engine_zones_are_found_and_blank_is_told_from_unread(tmp_path, forms):
    settings = settings_for(forms)
    found = recognise(scanned(tmp_path, filled_form()), settings)
    assert found.form == "invented_12" and found.match > 50 and abs(found.angle_deg) < 0.5
    assert {z.zone: z.blank for z in found.zones} == {n: n not in FILLED for n in ZONES}
    reading = decide(found, {"stations": STATIONS}, settings)
    assert reading.family == "invented"
    assert (reading.zones["remarks"].blank, reading.zones["remarks"].confidence) == (True, 1.0)
    unread = reading.zones["year"]
    assert (unread.blank, unread.value, unread.confidence, unread.notes) == (False, "", 0.0, ("unread",))


def test_boxes_lie_on_the_scan(tmp_path, forms):
    page = cv2.resize(filled_form(), None, fx=1.5, fy=1.5)
    found = recognise(scanned(tmp_path, page), settings_for(forms))
    box = next(z.box for z in found.zones if z.zone == "year")
    assert np.allclose(box, [1.5 * v for v in ZONES["year"][:4]], atol=4)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_page_lying_on_its_side_is_found_and_its_blank_zones_stay_blank(tmp_path, forms, turns):
    page = np.rot90(filled_form(), turns)
    found = recognise(scanned(tmp_path, page), settings_for(forms))
    assert found.form == "invented_12"
    assert {z.zone for z in found.zones if z.blank} == {"remarks"}
    assert abs((found.angle_deg - 90 * turns + 180) % 360 - 180) < 1


def test_a_page_of_no_known_form_says_so(tmp_path, forms):
    page = np.full((900, 700), 240, np.uint8)
    text(page, "a letter, which is no form", (40, 200))
    settings = settings_for(forms)
    found = recognise(scanned(tmp_path, page), settings)
    assert found.form is None and found.zones == ()
    assert found.reason.startswith(("no known form: ", "there is no printed text on the page"))
    reading = decide(found, {}, settings)
    assert reading.form is None and reading.reason == found.reason


def test_an_empty_page_is_no_form(tmp_path, forms):
    assert recognise(scanned(tmp_path, np.full((900, 700), 255, np.uint8)), settings_for(forms)).form is None


def test_a_bad_scan_is_a_scan_error(tmp_path, forms):
    path = tmp_path / "a.png"
    path.touch()
    with pytest.raises(ScanError, match=r"^page-7: "):
        recognise(Scan(path, "0" * 64, 0, "page-7"), settings_for(forms))


def test_a_page_that_takes_too_long_fails(tmp_path, forms):
    with pytest.raises(EngineFailed, match="seconds"):
        recognise(scanned(tmp_path, filled_form()), settings_for(forms, seconds_per_page=1e-6))


def test_a_recognition_survives_the_ledger(tmp_path, forms):
    found = recognise(scanned(tmp_path, filled_form()), settings_for(forms))
    assert recognition_from_plain(json.loads(json.dumps(recognition_to_plain(found)))) == found


def test_the_key_depends_on_what_the_result_depends_on(tmp_path, forms):
    settings = settings_for(forms)
    assert settings.key() == settings_for(forms, seconds_per_page=5.0).key()
    others = [
        settings_for(forms, dpi=200),
        settings_for(forms, languages=("en", "hi")),
        settings_for(forms, engine="tesseract"),
    ]
    assert len({s.key() for s in [settings, *others]}) == 4
    assert settings.key() == settings_for(forms, form_folders=(forms, tmp_path / "none")).key()


def changed(forms, folder, old, new):
    """Settings over a copy of the invented form in which something is written otherwise."""
    shutil.copytree(forms, folder)
    file = next(folder.glob("*.toml"))
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return settings_for(folder)


def test_a_page_depends_on_its_own_form_and_an_unmatched_one_on_all(tmp_path, forms):
    own, bare = settings_for(forms), settings_for(forms, form_folders=())
    assert own.form_key("iif1_hi") == bare.form_key("iif1_hi") != ""
    assert own.form_key(None) != bare.form_key(None)
    assert bare.form_key("invented_12") == ""


def test_a_moved_zone_is_read_again_and_a_new_title_or_list_is_not(tmp_path, forms):
    own = settings_for(forms)
    moved = changed(forms, tmp_path / "moved", "box = [420,", "box = [421,")
    renamed = changed(forms, tmp_path / "renamed", "Invented form 12", "Another title")
    relisted = changed(forms, tmp_path / "relisted", 'list = "stations"', 'list = "posts"')
    assert moved.form_key("invented_12") != own.form_key("invented_12")
    asked = changed(forms, tmp_path / "asked", 'id = "remarks"\n', 'id = "remarks"\nlabel = "Remarks"\n')
    assert asked.form_key("invented_12") == own.form_key("invented_12")
    assert asked.rules_key("invented_12") == own.rules_key("invented_12")
    assert renamed.form_key("invented_12") == relisted.form_key("invented_12") == own.form_key("invented_12")
    assert relisted.rules_key("invented_12") != own.rules_key("invented_12")


def test_unknown_engines_are_named(forms):
    with pytest.raises(EngineMissing, match="abacus"):
        require_engine(settings_for(forms, engine="abacus"))
    with pytest.raises(EngineMissing, match="quill"):
        require_engine(settings_for(forms, handwriting_engine="quill"))
    require_engine(settings_for(forms))


def test_answers_recorded_once_are_read_again_without_the_engine(tmp_path, forms, monkeypatch):
    """The recording stands for the engine: same page, same recognition."""
    folder = record(tmp_path / "recording", scanned(tmp_path, filled_form()), forms, monkeypatch)
    settings = settings_for(forms, engine=f"replay:{folder}")
    found = recognise(scanned(tmp_path, filled_form()), settings)
    reading = decide(found, {"stations": STATIONS}, settings)
    assert {n: reading.zones[n].value for n in ("station", "year", "fir_no")} == {
        "station": "North Lake PS",
        "year": "1987",
        "fir_no": "204/87",
    }
    other = dict(FILLED, year="1988")
    with pytest.raises(EngineFailed, match="recording"):
        recognise(scanned(tmp_path, filled_form(other)), settings)


def test_an_engine_is_told_each_zones_kind_and_its_other_texts_become_candidates(tmp_path, forms, monkeypatch):
    """Both ends of constrained decoding: without either a number is read as any other line."""
    from ocr.engine import EngineText
    from ocr.forms import passes

    asked = []

    class Spotting:
        def name_and_version(self):
            return "spotting 1"

        def languages(self):
            return frozenset({"en"})

        def read(self, lines):
            asked.extend(line.kind for line in lines)
            return [EngineText("1987", 0.9, others=(Candidate("1981", 0.4),)) for _ in lines]

    with monkeypatch.context() as patch:
        patch.setattr(passes, "load_engine", lambda name, timeout_s=None: Spotting())
        found = recognise(scanned(tmp_path, filled_form()), settings_for(forms))
    year = next(z for z in found.zones if z.zone == "year")
    assert {"year", "digits", "block", "line"} == set(asked)
    assert [c.text for c in year.candidates] == ["1987", "1981"]


def record(folder, scan, forms, monkeypatch):
    """Read a page with answers invented for each zone in turn, and record them."""
    from ocr.engine import EngineText
    from ocr.forms import passes

    class Scripted:
        def name_and_version(self):
            return "scripted 1"

        def languages(self):
            return frozenset({"en"})

        def read(self, lines):
            words = list(FILLED.values()) if len(lines) == len(FILLED) else ["?"] * len(lines)
            return [EngineText(w, 0.9) for w in words]

    recorder = RecordingEngine(Scripted())
    with monkeypatch.context() as patch:
        patch.setattr(passes, "load_engine", lambda name, timeout_s=None: recorder)
        recognise(scan, settings_for(forms))
    recorder.save(Path(folder))
    return folder


@pytest.mark.engine
@pytest.mark.skipif(not shutil.which("tesseract"), reason="Tesseract is not installed")
@pytest.mark.parametrize("turns", [0, 2])
def test_the_real_engine_reads_the_page_either_way_up(tmp_path, forms, turns):
    settings = settings_for(forms, engine="tesseract")
    found = recognise(scanned(tmp_path, np.ascontiguousarray(np.rot90(filled_form(), turns))), settings)
    reading = decide(found, {"stations": STATIONS}, settings)
    assert reading.zones["station"].value == "North Lake PS"
    assert reading.zones["year"].value == "1987"
    assert reading.zones["fir_no"].value == "204/87"
    assert reading.zones["story"].value.split("\n") == FILLED["story"].split("\n")
    assert all(reading.zones[n].confidence > 0.6 for n in FILLED)
    year = next(z for z in found.zones if z.zone == "year")
    word, zone = year.words[0].box, year.box
    assert zone.x0 <= word.x0 < word.x1 <= zone.x1 and zone.y0 <= word.y0 < word.y1 <= zone.y1


def test_a_zone_beyond_the_scans_edge_is_never_called_blank(tmp_path, forms):
    """A scan that was cut off must not turn into an empty answer."""
    page = filled_form()[:1120]
    found = recognise(scanned(tmp_path, page), settings_for(forms))
    zone = next(z for z in found.zones if z.zone == "remarks")
    assert not zone.blank
    reading = decide(found, {"stations": STATIONS}, settings_for(forms))
    assert reading.zones["remarks"].confidence == 0.0
