"""A workspace in which 120 invented cases are planted, each with a victim's name that stands nowhere else."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "people" / "masking_cases.csv"
ASKED = ("--unmask", "--reason", "planted to be searched for", "--operator", "A. Rao")
_COLUMNS = ("PS", "NO", "YR", "SEC", "VIC", "AGE", "ACC", "NARR", "OTHER")
_MAPPING = """
format = 1
id = "planted"
version = "1"
title = "planted"
form = "iif1"
[match]
columns = ["PS", "NO", "YR", "SEC", "VIC", "AGE", "ACC", "NARR"]
[rows.person]
table = "persons"
set = { role = "victim" }
[rows.accused]
table = "persons"
set = { role = "accused" }
[rows.acts]
table = "acts"
[[map]]
from = "PS"
to = "police_station"
clean = "station"
[[map]]
from = "NO"
to = "fir_no"
clean = "int"
[[map]]
from = "YR"
to = "year"
clean = "year"
[[map]]
from = "SEC"
into = "acts"
to = { act = "act", section = "section", inferred = "act_is_inferred" }
clean = "sections"
[[map]]
from = "ACC"
into = "accused"
to = "name"
clean = "name"
[[map]]
from = "VIC"
into = "person"
to = "name"
clean = "name"
[[map]]
from = "AGE"
into = "person"
to = "age"
clean = "age"
[[map]]
from = "NARR"
to = "narrative"
clean = "block"
"""


def read_cases() -> list[dict[str, str]]:
    """The rows of the table."""
    with TABLE.open(encoding="utf-8") as f:
        return list(csv.DictReader(f))


def planted_name(number: int) -> tuple[str, str]:
    """A name of two words that stands in no other case, and is no part of another word."""
    consonants, vowels = "bdgklmnprst", "aeiou"
    n, word = number * 7 + 3, ""
    for letters in (consonants, vowels, consonants, vowels):
        n, at = divmod(n, len(letters))
        word += letters[at]
    return f"Qx{word}", f"Zw{word}"


@dataclass(frozen=True)
class Planted:
    """A workspace with the cases in it. names: case -> the two words of its victim; run: one command line, its output.

    flat: the records as import files, in full, with a fault in every row.
    """

    folder: Path
    workspace: Path
    cases: list[dict[str, str]]
    names: Mapping[str, tuple[str, str]]
    run: Callable[..., str]
    flat: Path

    def told(self, text: str) -> set[str]:
        """The cases of which a word of the name stands in a text."""
        return {case for case, words in self.names.items() if any(w in text for w in words)}


def command_line(*arguments: object) -> str:
    """One command line in this process; what it printed, messages as well."""
    from typer.testing import CliRunner

    from digitize.cli.app import build

    done = CliRunner().invoke(build(), [str(a) for a in arguments])
    # Of an error raised on purpose the message is printed by main(), which is not in use here.
    return done.output + (str(done.exception) if done.exception else "")


def plant(folder: Path, cases: list[dict[str, str]], run: Callable[..., str] = command_line) -> Planted:
    """Make the workspace, take the cases in as an old table, and bring everything up to date."""
    workspace, names = folder / "ws", {c["case"]: planted_name(i) for i, c in enumerate(cases)}
    run("init", "wb", workspace, "--site", "test")
    (workspace / "lists" / "stations.csv").write_text(
        "station,district,aliases\nKalpanapur,Kalpana,\n", encoding="utf-8"
    )
    (workspace / "mappings" / "planted.toml").write_text(_MAPPING, encoding="utf-8")
    with (folder / "firs.csv").open("w", encoding="utf-8", newline="") as f:
        rows = csv.writer(f)
        rows.writerow(_COLUMNS)
        rows.writerows(_row(i, c, " ".join(names[c["case"]])) for i, c in enumerate(cases))
    run("intake", workspace, folder / "firs.csv")
    run("run", workspace)
    flat = folder / "flat"
    run("export", workspace, "--to", "csv", "--all", "--out", flat, *ASKED)
    _spoil(flat / "iif1.csv")
    return Planted(folder, workspace, cases, names, run, flat)


def _row(number: int, case: dict[str, str], name: str) -> list[str]:
    told = case["narrative"].format(name=name)
    return [
        "Kalpanapur",
        str(number + 1),
        "2016",
        case["sections"],
        name,
        case["age"],
        "Zorab Nekhtan",
        told,
        case["other"],
    ]


def _spoil(path: Path) -> None:
    """Put something that no rule lets pass into every row: a month 13, and a name where a year belongs."""
    with path.open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    for row in rows:
        row["fir_date"] = "2016-13-01"
        row["year"] = row["narrative"][:30] if row["narrative"] else "soon"
    with path.open("w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, rows[0])
        out.writeheader()
        out.writerows(rows)


def text_of(path: Path) -> str:
    """All text in a file or folder; of a workbook that of its parts."""
    if path.is_dir():
        return "\n".join(text_of(p) for p in sorted(path.rglob("*")) if p.is_file())
    data = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return "\n".join(parts.read(n).decode("utf-8", "replace") for n in parts.namelist())
    return data.decode("utf-8", "replace")
