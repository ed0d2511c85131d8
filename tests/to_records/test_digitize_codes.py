"""`digitize codes`: results on stdout, wrong names refused before anything is searched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from digitize.cli.app import run


def test_a_section_is_found_with_both_laws(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["codes", "find", "भा.द.वि.", "379", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["found"]
    assert found[0]["code"] == "IPC 379"
    assert [(p["code"], p["valid_from"]) for p in found[0]["counterparts"]] == [("BNS 303(2)", "2024-07-01")]


def test_the_table_says_what_was_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["codes", "find", "379 IPC", "--day", "2025-01-01"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "IPC 379 Punishment for theft" in shown and "= BNS 303(2)" in shown
    assert "not in" in shown and "in force" in shown


def test_a_states_own_lists_are_searched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "stations.csv").write_text("station,district,aliases,ps_code\nNamunahat,Kalpana,NHT,1301\n", "utf-8")
    (tmp_path / "districts.csv").write_text("district,cctns_code\nKalpana,13999\n", "utf-8")
    assert run(["codes", "find", "NHT", "--state", "wb", "--lists", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["found"][0]["facts"]["ps_code"] == "1301"
    assert run(["codes", "find", "कल्पना", "--state", "wb", "--lists", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["found"][0]["facts"]["cctns"] == "13999"


def test_nothing_found_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["codes", "find", "xqzwk", "--list", "religion"]) == 0
    assert "Nothing found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["find", "x", "--list", "religon"], "did you mean religion"),
        (["find", "x", "--day", "1.7.2024"], "is not a date"),
        (["find", "x", "--state", "wbl"], "there is no state wbl; did you mean wb"),
        (["list", "religon"], "did you mean religion"),
    ],
)
def test_a_wrong_name_or_day_is_refused(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["codes", *arguments]) == 2
    assert said in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_lists_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["codes", "list", "--json"]) == 0
    names = [m["name"] for m in json.loads(capsys.readouterr().out)["lists"]]
    assert {"act", "ipc", "bns", "district", "religion", "crime_major_head"} <= set(names)
    assert run(["codes", "list", "inquest_law"]) == 0
    assert "2024-06-30" in capsys.readouterr().out
    assert run(["codes", "list", "bns", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert next(e for e in entries if e["code"] == "303(2)")["more"] == ["= IPC 379"]
