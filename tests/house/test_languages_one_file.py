"""A new language is one file for reading and one for mapping: an invented one, laid beside the others, is found by all."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READING = """
format = 2
code = "zz"
code3 = "zzz"
also = ["zzy"]
name = "Zazi"
script = "Deva"
digits = "०१२३४५६७८९"

[[models]]
name = "zzz"
use = "first"
package = "tesseract-ocr-zzz"

[registers]
ditto = ["जसके तस"]
total = ["जम्मा जम्मी"]
[registers.titles]
reg_gd = ["ज़ाज़ी रोज़"]
[registers.labels]
entry_no = ["प्रविष्टि ज़ाज़ी"]
"""
MAPPING = """
format = 1
code = "zz"
name = "Zazi"
names = { hi = "ज़ाज़ी" }
script = "Deva"
letters = "ॻ"

[sounds]
finish = [["p(?=%V)", "q"]]

[costs.swap]
"kt" = 0.01

[numbers]
counted = ["ॻएक", "ॻदो"]

[printed.unverified]
"fir.district" = ["ॻज़िला"]

[lists.sex]
male = ["ॻमरद"]

[headers]
fir = ["ॻफआईआर"]
"""
MONTHS = "months = [" + ", ".join(f'["ॻमास{n}"]' for n in "कखगघङचछजझञटठ") + "]\n"
ASK = """
import json, sys
from pathlib import Path
import mappers.languages, ocr.languages.language
ocr.languages.language.FOLDERS.append(Path(sys.argv[1], "ocr"))
mappers.languages.FOLDERS.append(Path(sys.argv[1], "mappers"))
from digitize.files.forms.labels import find_labels
from digitize.offices.words import load_words
from digitize.files.read_files import parse_languages
from mappers.codes import code_lists
from mappers.codes.months import months, plain_word, word_key
from mappers.codes.numbers import number_words
from mappers.encodings.judge import languages_of_script
from mappers.headers.lexicon import load_lexicon
from mappers.names import language_for, romanise
from mappers.names.costs import codes_of, cost_table
from mappers.text.folding import fold_key
from ocr.registers.between import total_words
from ocr.registers.ditto import is_ditto
from ocr.registers.form import package_registers
from ocr.tesseract.models import known_languages as tesseract_languages
from ocr.handwriting.native import native_scripts
from ocr.languages.writing import script_of_language
form = package_registers().find("reg_gd")
k, t = codes_of("kt")
print(json.dumps({
    "asked for by any of its codes": [parse_languages(c) for c in ("zz", "zzz", "zzy")] == [("zz",)] * 3,
    "script": script_of_language("zz") == "Deva",
    "model": tesseract_languages()["zz"].firsts[0].name == "zzz",
    "handwritten digits": "zz" in next(s for s in native_scripts() if s.name == "deva").languages,
    "ditto": is_ditto("जसके तस", ("zz",)) and not is_ditto("जसके तस", ("hi",)),
    "totals": any("जम" in w for w in total_words()),
    "title of a register": form.titles["zz"] == ("ज़ाज़ी रोज़",),
    "label of a column": len(package_registers().labels_of(form.column("entry_no"), ("zz",))) == 1,
    "told by its letters": language_for("ॻपा") == "zz" and language_for("पा") == "hi",
    "own sounds": romanise("पापा", "zz") != romanise("पापा", "hi"),
    "own costs": round(float(cost_table("zz").swap[k, t]), 3) == 0.01,
    "encodings of its script": languages_of_script("Deva")[0] == "hi" and "zz" in languages_of_script("Deva"),
    "numbers": number_words().numbers[plain_word("ॻदो")] == 2,
    "months": months().gregorian[word_key(plain_word("ॻमासख"))] == 2,
    "code list": code_lists()["sex"].keys[fold_key("ॻमरद")] == "male",
    "headers": load_lexicon().spellings[fold_key("ॻफआईआर")] == ("fir",),
    "labels of forms": [hit.label for hit in find_labels(["ॻज़िला"], ("zz",))] == ["fir.district"],
    "name on the dashboard": [load_words(x).translate("language", "zz") for x in ("en", "hi")] == ["Zazi", "ज़ाज़ी"],
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What every part of the program says of the invented language."""
    folder = tmp_path_factory.mktemp("languages")
    for part, text in (("ocr", READING), ("mappers", MAPPING.replace("[sounds]", MONTHS + "[sounds]"))):
        (folder / part).mkdir()
        (folder / part / "zz.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", ASK, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_invented_language_is_found_everywhere(told):
    assert [what for what, is_so in told.items() if not is_so] == []
    assert len(told) == 18


def test_every_language_has_both_files():
    reading = {p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in (ROOT / "ocr/languages").glob("*.toml")}
    mapping = {
        p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in (ROOT / "mappers/languages").glob("*.toml")
    }
    assert reading.keys() == mapping.keys()
    for code, one in reading.items():
        assert (one["name"], one["script"]) == (mapping[code]["name"], mapping[code]["script"])


def test_both_packages_know_the_same_blocks():
    from mappers.text.scripts import BLOCKS, script_of_char
    from ocr.languages.script import BRAHMIC
    from ocr.languages.writing import script_of

    assert dict(BRAHMIC) == dict(BLOCKS)
    for letter in "अআਅઅଅஅఅಅഅب":
        assert script_of(letter) == script_of_char(letter) != ""
