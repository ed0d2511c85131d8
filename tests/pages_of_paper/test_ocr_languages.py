"""Every language file is found unasked and is right; wrong ones are refused with file and key."""

import unicodedata

import pytest

from ocr.errors import FormError
from ocr.languages.language import known_languages, language, load_languages

GOOD = """
format = 2
code = "xx"
code3 = "xxx"
name = "Example"
script = "Latn"
digits = "0123456789"
joiners = []
[[models]]
name = "xxx"
use = "first"
package = "tesseract-ocr-xxx"
"""
SCRIPTS = {"Latn": "DIGIT", "Deva": "DEVANAGARI", "Beng": "BENGALI", "Taml": "TAMIL", "Telu": "TELUGU", "Knda": "KANNADA",
           "Mlym": "MALAYALAM", "Gujr": "GUJARATI", "Guru": "GURMUKHI", "Orya": "ORIYA", "Arab": "EXTENDED ARABIC-INDIC"}  # fmt: skip


@pytest.mark.parametrize("code", sorted(known_languages()))
def test_digits_are_of_the_language_s_own_script(code):
    it = language(code)
    assert all(unicodedata.name(c).startswith(SCRIPTS[it.script]) for c in it.digits)


@pytest.mark.parametrize("code", sorted(known_languages()))
def test_each_model_has_its_package(code):
    it = language(code)
    for model in it.models:
        if model.package.startswith("tesseract-ocr-script-"):
            assert model.package.split("-")[-1] == it.script.casefold()
        elif model.package:
            assert model.package == f"tesseract-ocr-{model.name}" == f"tesseract-ocr-{it.code3}"
        else:
            assert model.npm.package.endswith(f"/{it.code3}") and model.name == f"{it.code3}-best"


def test_all_thirteen_are_there_by_two_letters_and_by_three():
    assert set(known_languages()) >= set(["as", "bn", "en", "gu", "hi", "kn", "ml", "mr", "or", "pa", "ta", "te", "ur"])
    assert [language(x).code for x in ("ori", "pan", "asm", "urd")] == ["or", "pa", "as", "ur"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("format = 2", "format = 3"), "xx.toml: format"),
        (("name", "nom"), "xx.toml: name"),
        (('"0123456789"', '"012345678"'), "xx.toml: digits"),
        (('"0123456789"', '"1234567890"'), "xx.toml: digits"),
        (("joiners = []", 'joiners = ["polish"]'), "unknown repair polish"),
        (("package =", "# package ="), "name the package that brings the model"),
        (('"first"', '"second"'), "one first model must come from the system's packages"),
        (('"first"', '"third"'), "xx.toml: models.0.use"),
        (("format = 2", "format = 2\nhue = 3"), "xx.toml: hue"),
        (("format = 2", "format ="), "not valid TOML"),
        (('"xx"', '"yy"'), "belongs into yy.toml"),
    ],
)
def test_a_wrong_file_is_refused_by_file_and_key(tmp_path, change, says):
    (tmp_path / "xx.toml").write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(FormError) as caught:
        load_languages(tmp_path)
    assert says in str(caught.value)


def test_a_new_language_is_one_file(tmp_path):
    (tmp_path / "xx.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "README.md").write_text("not a language")
    assert list(load_languages(tmp_path)) == ["xx"]


def test_an_unknown_language_says_what_to_add():
    with pytest.raises(FormError, match=r"ocr/languages/zz\.toml"):
        language("zz")
