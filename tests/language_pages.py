"""The sample pages of the IIF-I in further languages, and what the program reads on one of them."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitize.files.extract import find_item

FOLDER = Path(__file__).parent.parent / "sample_data" / "iif1_languages"
_LINES = [json.loads(line) for line in (FOLDER / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
GOLD = {gold["language"]: gold for gold in _LINES}
"""Gold of the one page of each language."""
STATES = {"mr": "mh", "te": "tg", "kn": "ka", "ml": "kl", "gu": "gj", "pa": "pb", "or": "od", "as": "as", "ur": "jk"}
"""A state that writes the language."""
READ = json.loads((Path(__file__).parent / "golden" / "iif1_languages.json").read_text(encoding="utf-8"))
"""By language the items read rightly with the models of the system's packages, and how; fewer than stand on the page."""
WHOLE = ("pa", "as", "ur", "te")
"""Whose pages are read as they are. On others the answers to which nothing is held are taken off the page before."""
MARKS = [pytest.mark.engine, pytest.mark.slow]
if shutil.which("tesseract") is None:
    MARKS.append(pytest.mark.skip(reason="tesseract is not installed; make setup installs it"))


def erase(picture, gold, kept):
    """Take all answers off a page but some: a page is read the sooner, and is still a scan of its form."""
    for zone in {zone for zone, text in gold["zones"].items() if text} - set(kept):
        x0, y0, x1, y1 = (round(at) for at in gold["boxes"][zone])
        picture[y0:y1, x0:x1] = np.percentile(picture[y0:y1, x0:x1], 80, axis=(0, 1))


def erased(language, folder):
    """A copy of a page without the answers to which READ holds nothing, and the zones that are blank on it."""
    gold = GOLD[language]
    kept = {zone for zone in gold["boxes"] if find_item(zone) in READ[language]}
    picture = cv2.imread(str(FOLDER / gold["file"]))
    erase(picture, gold, kept)
    cv2.imwrite(str(folder / "page.png"), picture)
    return folder / "page.png", gold["boxes"].keys() - kept


def check_reading(digitize, language, folder):
    """Read a page, its form not being told: the form is found, zones lie in place, blanks are told, sure items read."""
    gold = GOLD[language]
    page, blank = FOLDER / gold["file"], {zone for zone, text in gold["zones"].items() if not text}
    if language not in WHOLE:
        page, blank = erased(language, folder)
    read = json.loads(digitize("extract", page, "--stations", FOLDER / "stations.csv", "--jobs", "1"))
    assert read["form"] == f"iif1_{language}"
    fields = read["fields"]
    assert set(fields) == {find_item(zone) for zone in gold["boxes"]}
    for zone, (x0, y0, x1, y1) in gold["boxes"].items():
        left, top, right, bottom = fields[find_item(zone)]["box"]
        assert x0 <= (left + right) / 2 <= x1 and y0 <= (top + bottom) / 2 <= y1, zone
    assert {i for i, f in fields.items() if f["blank"]} == {find_item(zone) for zone in blank}
    wrong = {item: fields[item]["value"] for item, value in READ[language].items() if fields[item]["value"] != value}
    assert wrong == {}
