"""`ocr` knows pixels and scripts, no police and no law: no such word stands in its code, its comments or its messages.

What a printed form is about its own file says (`ocr/forms/*.toml`); which sections there are, which places, and what is
printed beside them, callers hand in.
"""

import re
from pathlib import Path

import pytest

OCR = Path(__file__).parents[2] / "ocr"
POLICE = {
    *("ipc", "bns", "crpc", "bnss", "iea", "bsa", "ndps", "pocso", "fir", "firs", "gd", "iif", "cctns", "malkhana"),
    *("police", "policeman", "thana", "station", "stations", "district", "districts", "officer", "officers"),
    *("statute", "statutes", "penal", "criminal", "crime", "crimes", "offence", "offences", "charge", "charged"),
    *("complainant", "complainants", "informant", "accused", "victim", "victims", "witness", "court", "courts", "bail"),
    *("arrest", "arrested", "investigation"),
}
ALLOWED = (
    "knows no police and no state",  # the package's own docstring, which says what this test holds
    "cctns-digitize",  # the name of the toolkit
)
FILES = sorted(OCR.rglob("*.py"))


def words(line: str) -> set[str]:
    """Words of a line, those that an identifier is put together of among them; of what is allowed none."""
    for text in ALLOWED:
        line = line.replace(text, "")
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", line)}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(OCR).as_posix())
def test_code_of_ocr_has_no_words_of_police_and_law(path):
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    found = {number: hits for number, line in lines if (hits := words(line) & POLICE)}
    assert not found, f"{path.name}: {found}; hand it in, or say it in the form's file"


def test_words_are_found_in_identifiers_messages_and_comments():
    assert (
        {"fir", "no"} <= words('_NUMBER = "fir_no"') and "ipc" in words("# IPC 302") and "officer" in words("isOfficer")
    )
    assert not words("the first firm gdalib") & POLICE


def test_data_beside_the_code_of_ocr_has_no_law_but_in_form_files():
    """Trained vocabulary (ocr/models/eng_fields.toml) is what weights were trained on, and names places alone. What is
    printed above the columns of ruled books, in the files of languages, is a book's own print as a form's is.
    """
    law = {"ipc", "bns", "crpc", "bnss", "ndps", "pocso", "penal", "offence"}
    paths = [p for p in OCR.rglob("*.toml") if "forms" not in p.relative_to(OCR).parts]
    assert paths and not [p for p in paths if words(without_printed_labels(p)) & law]


def without_printed_labels(path: Path) -> str:
    """A file's text as far as it is not what registers print."""
    text = path.read_text(encoding="utf-8")
    return text.partition("[registers.titles]")[0] if path.parent.name == "languages" else text
