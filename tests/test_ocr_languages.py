"""Every language file is found unasked and is right; wrong ones are refused with file and key."""

import unicodedata

import pytest

from ocr.errors import FormError
from ocr.language import known_languages, language, load_languages

GOOD = """
format = 1
code = "xx"
name = "Example"
script = "Latn"
digits = "0123456789"
joiners = []
[tesseract]
models = ["xxx"]
packages = ["tesseract-ocr-xxx"]
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
    for model, package in zip(it.tesseract.models, it.tesseract.packages, strict=True):
        assert package.startswith("tesseract-ocr-") and package.split("-")[-1] in model.casefold()


def test_the_first_five_are_there():
    assert {"en", "hi", "mr", "bn", "ta"} <= set(known_languages())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("format = 1", "format = 2"), "xx.toml: format"),
        (("name", "nom"), "xx.toml: name"),
        (('"0123456789"', '"012345678"'), "xx.toml: digits"),
        (('"0123456789"', '"1234567890"'), "xx.toml: digits"),
        (("joiners = []", 'joiners = ["polish"]'), "unknown repair polish"),
        (('["xxx"]', '["xxx", "yyy"]'), "one package for each model"),
        (('["xxx"]', "[]"), "xx.toml: tesseract.models"),
        (("format = 1", "format = 1\nhue = 3"), "xx.toml: hue"),
        (("format = 1", "format ="), "not valid TOML"),
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
