"""The command `validate`: its choices, its exit codes, its reports; and `explain`."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from digitize.cli.app import build
from digitize.files.check_reports import formats, load_writer
from digitize.files.check_reports.samples import Cap
from digitize.machine.csv_cells import safe

HEAD = "record_id,state,district,police_station,year,fir_no,fir_date,narrative"
GOOD = "a,wb,Howrah,Bally,2009,78,2009-03-12,A cow was lost"
BAD = "=b<i>,wb,Howrah,Bally,2010,79,2010-02-31,A cow was lost"
PERSONS = "record_id,line,role,name,age\na,1,accused,Qarla,Vintobhe\na,2,accused,Qarla,3"


@pytest.fixture
def firs(tmp_path):
    path = tmp_path / "firs.csv"
    path.write_text("\n".join([HEAD, GOOD, BAD]), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "tables"
    made.mkdir()
    (made / "iif1.csv").write_text("\n".join([HEAD, GOOD, BAD]), encoding="utf-8")
    (made / "iif1_persons.csv").write_text(PERSONS, encoding="utf-8")
    return made


def test_rejected_rows_are_exit_three_and_none_is_zero(digitize, firs):
    assert "F008" in digitize("validate", firs, code=3)
    digitize("validate", firs, "--ignore", "F008")
    digitize("validate", firs, "--select", "X")
    assert "stdin.csv:3" in digitize("validate", "-", stdin=firs.read_bytes(), code=3)
    digitize("validate", "-", stdin=b"", code=5)


@pytest.mark.parametrize(
    ("agreed", "code"), [("1", 0), ("0", 3), ("50%", 0), ("49.9%", 3), ("1 row", 0), ("0 rows", 3)]
)
def test_rejects_may_be_agreed_as_a_number_or_a_share(digitize, firs, agreed, code):
    digitize("validate", firs, "--max-rejects", agreed, code=code)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--max-rejects", "many"),
        ("--max-rejects", "120%"),
        ("--max-rejects", "0.005"),
        ("--select", "Q999"),
        ("--ignore", "S002"),
        ("--select", "X003", "--ignore", "X"),
        ("--format", "pdf"),
        ("--out", "x.txt"),
        ("--unmask",),
        ("--today", "soon"),
        ("--profile", "none"),
        ("--form", "iif99"),
    ],
)
def test_what_cannot_be_meant_is_exit_four(digitize, firs, arguments):
    digitize("validate", firs, *arguments, code=4)


def test_nothing_checked_is_exit_five(digitize, tmp_path):
    digitize("validate", tmp_path / "not.csv", code=5)
    digitize("validate", "postgresql://nobody@nowhere/db", code=5)
    path = tmp_path / "firs.csv"
    path.write_text(HEAD + "\na,b\nc,d", encoding="utf-8")
    report = digitize.json("validate", path, code=5)
    assert (report["rows_checked"], report["rows_unreadable"]) == (0, 2)
    assert [f["line"] for f in report["findings"]] == [2, 3]


def test_json_lines_carry_every_finding_in_order(digitize, folder):
    told = [json.loads(x) for x in digitize("validate", folder, "--format", "jsonl", code=3).splitlines()]
    assert told == sorted(told, key=lambda f: (f["file"], f["line"]))
    assert set(told[0]) == {
        "file",
        "line",
        "table",
        "key",
        "field",
        "code",
        "severity",
        "message",
        "value",
        "expected",
        "example",
        "do",
    }
    values = {(f["field"], f["line"]): f["value"] for f in told}
    assert values["fir_date", 3] == "2010-02-31"
    assert values["age", 2] == "[masked]"


def test_values_of_persons_need_a_reason_and_leave_a_record_beside_the_report(digitize, folder, tmp_path):
    out, asked = tmp_path / "r.json", ("--unmask", "--reason", "to find the rows")
    digitize("validate", folder, *asked, "--format", "json", "--out", out, code=4)
    # On standard output nothing would keep who saw them.
    digitize("validate", folder, *asked, "--operator", "A. Rao", code=4)
    digitize("validate", folder, *asked, "--operator", "A. Rao", "--format", "json", "--out", out, code=3)
    assert "Vintobhe" in {f["value"] for f in json.loads(out.read_text(encoding="utf-8"))["findings"]}
    kept = json.loads((tmp_path / "r.json.unmasked.json").read_text(encoding="utf-8"))
    assert (kept["reason"], kept["operator"]) == ("to find the rows", "A. Rao") and "@" in kept["user"]
    assert kept["files"] == {"r.json": hashlib.sha256(out.read_bytes()).hexdigest()}
    assert kept["records"] > 0 and all("." in f for f in kept["fields"]) and "Vintobhe" not in json.dumps(kept)


def test_findings_of_an_earlier_report_are_not_told_again(digitize, folder, tmp_path):
    for kind in ("json", "jsonl"):
        before = tmp_path / f"before.{kind}"
        digitize("validate", folder, "--format", kind, "--out", before, code=3)
        report = digitize.json("validate", folder, "--baseline", before)
        assert (report["findings"], report["counts"]["reject"]) == ([], 0)
        assert report["known"] > 0
    text = (folder / "iif1.csv").read_text(encoding="utf-8")
    (folder / "iif1.csv").write_text(text + "\nc,wb,Howrah,Bally,2009,80,soon,x", encoding="utf-8")
    report = digitize.json("validate", folder, "--baseline", before, code=3)
    assert ("c", "fir_date") in {(f["key"], f["field"]) for f in report["findings"]}
    digitize("validate", folder, "--baseline", folder / "iif1.csv", code=5)


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\tx", "  =1", "＝1"])
def test_no_cell_of_a_csv_report_is_a_formula(start):
    assert safe(start) == "'" + start
    assert safe("Bally=1") == "Bally=1"


def test_a_csv_report_opens_in_excel(digitize, firs, tmp_path):
    out = tmp_path / "report.csv"
    digitize("validate", firs, "--format", "csv", "-o", out, code=3)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"), newline="")))
    assert "'=b<i>" in {r["key"] for r in rows}
    assert not list(tmp_path.glob("*.part"))


def test_a_sarif_report_has_the_shape_of_2_1_0(digitize, folder):
    whole = json.loads(digitize("validate", folder, "--format", "sarif", code=3))
    (run,) = whole["runs"]
    assert whole["version"] == "2.1.0"
    rules = run["tool"]["driver"]["rules"]
    assert len({r["id"] for r in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"]
        assert place["physicalLocation"].get("region", {"startLine": 1})["startLine"] >= 1
    prints = [r["partialFingerprints"]["finding/v1"] for r in run["results"]]
    assert len(set(prints)) == len(prints) == run["properties"]["named"]
    assert run["properties"]["by_code"]["F008"] == 1


def test_a_junit_report_has_a_case_for_each_rule(digitize, folder):
    suites = ET.fromstring(digitize("validate", folder, "--format", "junit", code=3).encode())
    cases = {c.get("name"): c for c in suites.iter("testcase")}
    assert int(suites.get("tests")) == len(cases) > 50
    failed = [n for n, c in cases.items() if c.find("failure") is not None]
    assert "F008" in failed
    assert int(suites.get("failures")) == len(failed)
    assert "Vintobhe" not in ET.tostring(suites, encoding="unicode")


class Page(HTMLParser):
    """Every tag closed, every attribute and text collected."""

    VOID = {"meta", "input", "link", "br", "img"}

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.text = [], set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [v for k, v in attrs if k in ("href", "src", "action")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_an_html_report_stands_alone_and_masks(digitize, folder, tmp_path):
    out = tmp_path / "report.html"
    digitize("validate", folder, "--format", "html", "-o", out, code=3)
    text = out.read_text(encoding="utf-8")
    page = Page(text)
    assert not page.open
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert len(set(page.ids)) == len(page.ids)
    assert not re.search(r"https?://|@import|url\(", text)
    assert "Vintobhe" not in text
    assert "=b<i>" in page.text
    assert "i" not in page.tags or "<i>," not in text
    assert {"2009", "2010", "Howrah, Bally", "errors of high impact"} <= {t.strip() for t in page.text}


def test_a_report_without_findings_is_a_whole_one_in_every_format(digitize, tmp_path):
    path = tmp_path / "firs.csv"
    path.write_text(f"{HEAD}\n{GOOD}", encoding="utf-8")
    for kind in formats():
        digitize("validate", path, "--select", "F008", "--format", kind, "-o", tmp_path / f"report.{kind}")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").count("Every row is correct.") == 1
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["findings"] == []


def test_no_value_steers_the_terminal(digitize, tmp_path):
    path = tmp_path / "firs.csv"
    path.write_text(HEAD + "\n" + GOOD.replace("2009-03-12", "3 [red] \x1b[2J"), encoding="utf-8")
    printed = digitize("validate", path, code=3)
    assert "\x1b" not in printed
    assert "[red]" in printed


@pytest.mark.parametrize(("word", "what"), [("X003", "diary"), ("fir-key-twice", "same station"), ("S002", "cells")])
def test_a_rule_is_explained_by_code_or_slug(digitize, word, what):
    assert what in digitize("explain", word)
    assert re.search(r"[\u0900-\u097f]", digitize("explain", word, "--lang", "hi").splitlines()[0])
    assert re.search(r"[\u0b80-\u0bff]", digitize("explain", word, "--lang", "ta").splitlines()[0])


def test_every_rule_can_be_explained(digitize):
    from validators.checking.reference import rules_table

    told = digitize.json("explain", *[row["code"] for row in rules_table()])["rules"]
    assert all(one["why"] and one["english"] and one["hindi"] for one in told)
    assert all(one["passes"] and one["fails"] for one in told if one["form"])
    digitize("explain", "Q999", code=4)
    digitize("explain", "T021", code=4)
    digitize("explain", "X003", "--lang", "xx", code=4)


def test_a_policy_of_ones_own_decides_what_is_rejected(digitize, firs, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text("[severity]\nF008 = 'note'\n\n[state.wb]\nF008 = 'reject'", encoding="utf-8")
    digitize("validate", firs, "--policy", file)
    digitize("validate", firs, "--policy", file, "--state", "wb", code=3)
    digitize("validate", firs, "--policy", "default", "--max-rejects", "0")
    digitize("validate", firs, "--policy", tmp_path / "none.toml", code=4)
    digitize("validate", firs, "--policy", "lenient", code=4)


def test_errors_are_counted_by_case_file_and_impact(digitize, folder, tmp_path):
    """One FIR has a wrong date (high), the other a person of wrong age and one of three years (low)."""
    cases = digitize.json("validate", folder, "--select", "F008,F046,X014", code=3)["case_files"]
    assert (cases["count"], cases["with_errors"], cases["high"], cases["low"], cases["beyond"]) == (2, 2, 1, 2, 1)
    assert cases["error_rate"] == 1.0
    file = tmp_path / "own.toml"
    file.write_text("[impact]\nagreed_high = 1\nagreed_low = 1", encoding="utf-8")
    strict = digitize.json("validate", folder, "--select", "F008,F046,X014", "--policy", file, code=3)["case_files"]
    assert strict["beyond"] == 1
    assert "2 of 2 case files have errors" in digitize("validate", folder, code=3)


def test_the_count_of_case_files_is_the_same_in_parts(folder):
    from datetime import date

    from digitize.files.validating.validate import CheckOptions, validate_files
    from validators.checking.settings import make_settings

    settings = make_settings(date(2026, 1, 31), policy="import")
    one, many = (validate_files([folder], "iif1", settings, CheckOptions(parts=n)).case_files for n in (1, 4))
    assert one == many and one.count == 2


def test_years_and_beats_are_checked_where_they_are_given(digitize, tmp_path):
    path, beats = tmp_path / "firs.csv", tmp_path / "beats.csv"
    rows = [f"{GOOD},Beat 04", GOOD.replace("a,wb", "b,wb").replace(",78,", ",79,") + ",44"]
    path.write_text("\n".join([HEAD + ",beat", *rows]), encoding="utf-8")
    beats.write_text("district,station,beat\nHowrah,Bally,4\nHowrah,Bally,No. 5", encoding="utf-8")

    def told(*more):
        return [
            (f["code"], f["line"]) for f in digitize.json("validate", path, "--select", "T024,F039", *more)["findings"]
        ]

    assert told() == []
    assert told("--years", "2009-2010") == []
    assert told("--years", "2001-2008") == [("T024", 2), ("T024", 3)]
    assert told("--state", "wb", "--beats", beats) == [("F039", 3)]
    digitize("validate", path, "--years", "2010-2001", code=4)
    digitize("validate", path, "--beats", beats, code=4)
    beats.write_text("district,ps,beat", encoding="utf-8")
    digitize("validate", path, "--state", "wb", "--beats", beats, code=4)


def test_rows_of_one_number_are_judged_alike_in_any_order(digitize, tmp_path):
    rows = [f"{i},wb,Howrah,Bally,2009,{n},2009-0{m}-10,x" for i, n, m in (("a", 1, 5), ("b", 2, 6), ("c", 2, 3))]
    found = []
    for order in (rows, rows[::-1]):
        path = tmp_path / "firs.csv"
        path.write_text("\n".join([HEAD, *order]), encoding="utf-8")
        found.append({f["key"] for f in digitize.json("validate", path, "--select", "R004")["findings"]})
    assert found[0] == found[1] == {"c"}


def test_a_finding_tells_what_is_expected_with_an_example_and_what_to_do(digitize, tmp_path):
    """F008 did not say how a date is written, T020 not which codes there are, F023 named the wrong field."""
    head, row = f"{HEAD},info_type", "a,wb,Howrah,Bally,1993,78,12-03-1993,A cow was lost,shouted"
    (tmp_path / "iif1.csv").write_text(f"{head}\n{row}", encoding="utf-8")
    persons = "record_id,line,role,name,phone,mobile\na,1,complainant,Qarla,,9830012345"
    (tmp_path / "iif1_persons.csv").write_text(persons, encoding="utf-8")
    told = {f["code"]: f for f in digitize.json("validate", tmp_path, code=3)["findings"]}
    assert "YYYY-MM-DD" in told["F008"]["expected"] and told["F008"]["example"] == "2009-03-12"
    assert "fir_date" in told["F008"]["do"]
    assert told["T020"]["expected"] == "one of written, oral, electronic" and told["T020"]["example"] == "written"
    assert told["F023"]["field"] == "mobile"
    assert all(f["message"] and f["do"] for f in told.values())
    shown = digitize("validate", tmp_path, code=3)
    assert "written, oral, electronic" in shown and "YYYY-MM-DD" in shown
    for kind in ("csv", "html", "sarif", "junit", "jsonl"):
        assert "YYYY-MM-DD" in digitize("validate", tmp_path, "--format", kind, code=3), kind


def test_of_a_long_list_a_few_values_are_told_and_where_the_others_are(digitize, tmp_path):
    path = tmp_path / "iif1.csv"
    path.write_text(f"{HEAD},io_rank\n{GOOD},5I", encoding="utf-8")
    told = digitize.json("validate", path, "--select", "F041")["findings"][0]
    assert re.fullmatch(r"one of DGP, .* and [0-9]+ more \(digitize codes list rank shows all\)", told["expected"])
    assert "SI" in digitize("codes", "list", "rank")


def test_what_was_not_told_is_said_first_and_once_and_refuses_nothing(digitize, tmp_path):
    """Without --state every row of a district that the package does not know was rejected with F001."""
    path = tmp_path / "iif1.csv"
    rows = "\n".join(f"r{i},wb,Lohapar District,Bally,2009,{i},2009-03-12,A cow" for i in range(1, 60))
    path.write_text(f"{HEAD}\n{rows}", encoding="utf-8")
    done = run(path)
    assert done.exit_code == 0 and "F001" not in done.stdout
    assert done.stderr.count("Not given: --state") == 1
    assert digitize.json("validate", path)["not_told"][0] == {"option": "--state", "rules": ["F001", "F002"]}
    # Whoever names the state is held to its list, and a state that is none is told all the same.
    assert digitize.json("validate", path, "--state", "wb", code=3)["counts"]["reject"] == 59
    path.write_text(f"{HEAD}\n{GOOD.replace(',wb,', ',xx,')}", encoding="utf-8")
    assert [f["code"] for f in digitize.json("validate", path, code=3)["findings"]] == ["F001"]


@pytest.mark.parametrize("kind", [k for k in formats() if load_writer(k).__dict__.get("CAP")])
def test_of_a_capped_report_notes_are_left_out_before_rejects(tmp_path, monkeypatch, kind):
    """SARIF stopped in the order of the files: rejects were left out while notes stood, without a word."""
    path = tmp_path / "iif1.csv"
    rows = [f"r{i},wb,Howrah,Bally,2009,{i + 1},2009-03-1{i % 9},A cow,5I" for i in range(20)]
    rows += [f"x{i},wb,Howrah,Bally,2009,{i + 50},2009-02-31,A cow," for i in range(8)]
    path.write_text("\n".join([f"{HEAD},io_rank", *rows]), encoding="utf-8")
    monkeypatch.setattr(load_writer(kind), "CAP", Cap(most=10, of_a_rule=5))
    out = tmp_path / f"report.{kind}"
    done = run(path, "--select", "F008,F041", "--format", kind, "-o", out)
    assert "are left out (0 reject, 0 review, 18 note)" in done.stderr
    if kind == "sarif":
        (told,) = json.loads(out.read_text(encoding="utf-8"))["runs"]
        assert [r["level"] for r in told["results"]] == ["error"] * 8 + ["note"] * 2
        (word,) = told["invocations"][0]["toolExecutionNotifications"]
        assert "18 findings are left out" in word["message"]["text"]


@pytest.mark.parametrize("kind", formats())
def test_a_place_that_cannot_be_written_is_told_before_the_work(digitize, tmp_path, firs, monkeypatch, kind):
    monkeypatch.setattr("digitize.files.validating.validate.validate_files", lambda *_, **__: pytest.fail("worked"))
    for out in (tmp_path / "none" / "report", tmp_path):
        digitize("validate", firs, "--format", kind, "-o", out, code=9)
    assert not list(tmp_path.glob("*.part"))


def test_a_line_of_no_person_is_told_once_with_what_the_file_says(digitize, folder):
    """F046 said beside T027 that 1 is no number, and masked it."""
    (folder / "iif1_persons.csv").write_text("record_id,line,role,name\na,2,accused,Qarla", encoding="utf-8")
    rows = "record_id,line,address_of,person_line,village_town\na,1,person,1,Lohapar"
    (folder / "iif1_addresses.csv").write_text(rows, encoding="utf-8")

    def told(*more):
        found = digitize.json("validate", folder, *more, code=3)["findings"]
        return [(f["code"], f["value"]) for f in found if f["field"] == "person_line"]

    assert told() == [("T027", "1")]
    # Without T027 something must keep it from being loaded as the line of another person.
    assert told("--ignore", "T027") == [("F046", "1")]


def run(*arguments):
    return CliRunner().invoke(build(), ["validate", *map(str, arguments)])
