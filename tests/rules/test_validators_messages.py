"""What is told of findings: every rule in every language, with the same places and the same field ids."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from pathlib import Path
from string import Formatter

import pytest

from mappers.languages import load_languages
from mappers.schema import load_schemas
from validators.checking.plan import bind
from validators.errors import RuleError
from validators.finding import Finding
from validators.messages.teller import Teller
from validators.messages.telling import tell_finding
from validators.messages.texts import ENGLISH, HINDI, load_advice, load_messages, message_languages
from validators.rulebook.rule import every_rule, load_rules
from validators.rulebook.structure import STRUCTURE

ROOT = Path(__file__).parents[2]
ENGLISH_FILE = load_messages(ENGLISH)
OTHERS = [code for code in message_languages() if code != ENGLISH]
CODES = [*every_rule(), *STRUCTURE]
# What stands in the files as it is: field ids, options, ways to write a date, names of formats.
FIXED = re.compile(r"[a-z]+_[a-z_]+|--[a-z]+|YYYY-MM-DD|HH:MM|UTF-8|CSV|JSON|jsonl|\b\d{2}:\d{2}\b|\b\d{4}\b")


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def texts_of(language: str) -> dict[str, str]:
    file = load_messages(language)
    parts = {"labels": file.labels, "expects": file.expects, "do": file.do}
    made = {f"{part}.{name}": text for part, texts in parts.items() for name, text in texts.items()}
    return {**made, "whole": file.whole, "without": file.without}


def test_messages_are_in_languages_of_the_records() -> None:
    """A language without messages is told in English; which lack them is listed."""
    assert set(message_languages()) <= set(load_languages())
    if lacking := sorted(set(load_languages()) - set(message_languages())):
        warnings.warn(f"told in English: {', '.join(lacking)}", stacklevel=1)


def own_texts(language: str) -> dict[str, str]:
    """Rule -> its message in a language other than English; what is lacking is told in English, and listed."""
    english, own = Teller(), Teller(language)
    texts = {code: own.message(code) for code in CODES}
    if lacking := [code for code, text in texts.items() if text == english.message(code)]:
        warnings.warn(f"validators/messages/{language}.toml lacks {', '.join(lacking)}", stacklevel=2)
    return {code: text for code, text in texts.items() if code not in lacking}


@pytest.mark.parametrize("code", CODES)
def test_of_every_rule_something_is_expected_and_something_is_to_be_done(code: str) -> None:
    """In every form and field of which it is asked, and with an example wherever one can be given."""
    teller = Teller()
    asked = {(b.table.name, b.fields[0]) for form in load_schemas() for b in bind_of(code, form)} or {("", "")}
    for table, field in asked:
        told = teller.tell(code, table, field)
        assert told.message and told.expected and told.do, (table, field)
        assert told.example or code in ("S001", "S003", "S008", "S011") or "text" in told.expected, (table, field)
        assert "  " not in teller.join_parts(told) and "{" not in teller.join_parts(told).replace(told.example, "")


def bind_of(code: str, form: str) -> list[object]:
    made = load_rules(form).get(code)
    return list(bind(made)) if made else []


def test_advice_names_rules_and_phrases_that_are_there() -> None:
    for code, one in load_advice().items():
        assert code in CODES
        assert not one.expects or one.expects in ENGLISH_FILE.expects
        assert not one.do or one.do in ENGLISH_FILE.do
    # No phrase is there for nobody.
    kinds = {c.kind for of in load_schemas().values() for t in of.values() for c in t.columns}
    used = {one.expects for one in load_advice().values()} | kinds | {"list", "list_more"}
    assert set(ENGLISH_FILE.expects) <= used
    assert set(ENGLISH_FILE.do) <= {one.do for one in load_advice().values()} | {"correct"}


def test_fields_that_advice_names_are_fields() -> None:
    known = {c.name for of in load_schemas().values() for t in of.values() for c in t.columns}
    known |= {t.child for of in load_schemas().values() for t in of.values()} | set(load_schemas()) | {"record_id"}
    for code, one in load_advice().items():
        for name in re.findall(r"[a-z0-9_]+", one.names):
            assert name in known, f"{code}: {name}"


@pytest.mark.parametrize("language", OTHERS)
def test_every_phrase_is_there_with_the_places_of_the_english_one(language: str) -> None:
    own, english = texts_of(language), texts_of(ENGLISH)
    assert own.keys() == english.keys()
    for name, text in own.items():
        assert places(text) == places(english[name]), name
        assert set(FIXED.findall(english[name])) <= set(FIXED.findall(text)), name
    assert load_messages(language).checked and not ENGLISH_FILE.checked


@pytest.mark.parametrize("language", OTHERS)
def test_every_rule_has_its_message_and_what_is_fixed_stays(language: str) -> None:
    english, own = Teller(), load_messages(language).rules
    assert (own == {}) if language == HINDI else (set(own) <= set(CODES))
    told = own_texts(language)
    assert len(set(told.values())) == len(told) > 0
    for code, text in told.items():
        assert not places(text)
        assert set(re.findall(r"[a-z]+_[a-z_]+", english.message(code))) <= set(re.findall(r"[a-z]+_[a-z_]+", text)), (
            code
        )


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_is_in_the_letters_of_its_language(language: str) -> None:
    """A line that was copied into the file of another language would show here."""
    script = load_languages()[language].script
    letters = {
        **{"Deva": "\u0900-\u097f", "Beng": "\u0980-\u09ff", "Guru": "\u0a00-\u0a7f", "Gujr": "\u0a80-\u0aff"},
        **{"Orya": "\u0b00-\u0b7f", "Taml": "\u0b80-\u0bff", "Telu": "\u0c00-\u0c7f", "Knda": "\u0c80-\u0cff"},
        **{"Mlym": "\u0d00-\u0d7f", "Arab": "\u0600-\u06ff"},
    }[script]
    danda = "\u0964\u0965"
    for code, text in own_texts(language).items():
        others = re.sub(f"[{letters}{danda}\u200c\u200d\\s\\x00-\\x7f–—’‘“”]", "", text)
        assert re.search(f"[{letters}]", text) and others == "", (code, others)


def test_a_rule_without_a_text_is_told_in_english_and_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(Teller("bn")._own.rules, "F008")  # type: ignore[arg-type]
    with pytest.warns(UserWarning, match=r"bn\.toml lacks F008"):
        assert "F008" not in own_texts("bn")
    assert Teller("bn").message("F008") == every_rule()["F008"].english


def test_what_a_language_lacks_is_told_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    teller = Teller("bn")
    part = load_messages("bn").model_copy(update={"rules": {}, "do": {}, "whole": ""})
    monkeypatch.setattr(teller, "_own", part)
    told = teller.tell("F008", "iif1", "fir_date")
    assert told.message == every_rule()["F008"].english and told.do.startswith("Compare")
    assert "Expected" in teller.join_parts(told) and told.expected != Teller().tell("F008", "iif1", "fir_date").expected


def test_an_unknown_language_is_told_with_those_that_are_known() -> None:
    with pytest.raises(RuleError, match="no language xx for messages; known: .*hi"):
        Teller("xx")


def test_a_text_without_example_has_no_hole() -> None:
    teller = Teller()
    assert "for example" not in teller.join_parts(teller.tell("S001"))


@pytest.mark.parametrize("language", ["hi", "ta", "ur"])
def test_the_command_tells_findings_in_a_language(language: str, tmp_path: Path) -> None:
    head = "record_id,state,district,police_station,year,fir_no,fir_date"
    (tmp_path / "iif1.csv").write_text(f"{head}\na,wb,Howrah,Bally,2009,78,12-03-2009\n", encoding="utf-8")
    command = [sys.executable, "-m", "digitize.cli", "validate", str(tmp_path), "--lang", language, "--format", "jsonl"]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    text = done.stdout.decode("utf-8")
    assert done.returncode == 3, done.stderr
    assert Teller(language).message("F008") in text and "YYYY-MM-DD" in text


def told(form: str, field: str, code: str, message: str, language: str = ENGLISH) -> str:
    return tell_finding(Teller(language), form, Finding("r", field, code, "reject", message))


def test_a_finding_on_a_record_is_told_by_its_field_with_what_is_said_besides() -> None:
    bare = every_rule()["F008"].english
    assert told("iif1", "fir_date", "F008", bare) == Teller().join_parts(Teller().tell("F008", "iif1", "fir_date"))
    for language in ("hi", "ta"):
        assert told("iif1", "fir_date", "F008", bare, language).startswith(Teller(language).message("F008"))
    sex = every_rule()["F018"].english
    assert "female" in told("iif1", "persons[2].sex", "F018", sex)
    again = f"{every_rule()['R002'].english} (a, line 2, the first one)"
    assert told("iif1", "record_id", "R002", again).endswith("(a, line 2, the first one)")
    # A rule that is gone, and the word of a target.
    assert told("iif1", "fir_no", "D002", "The key stands there.", "hi") == "The key stands there."
    assert told("iif1", "", "F999", "Gone.") == "Gone."


def test_a_field_without_a_value_is_told_in_the_language_whatever_rule_speaks_of_it() -> None:
    usual = "There is text here, but no value could be read from it; the raw text is kept."
    assert "no value could be read from it" in tell_finding(
        Teller("en"), "iif1", Finding("r", "fir_date", "F008", "review", usual)
    )
    hindi = tell_finding(Teller("hi"), "iif1", Finding("r", "fir_date", "F008", "review", usual))
    assert hindi.endswith(Teller("hi").message("F045")) and "understood" not in hindi
