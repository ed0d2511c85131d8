"""What is written in the fields of police forms, made up: years, numbers, dates, sections, stations, names, and more.

Every text comes from a seeded generator. Names are put together of names.toml, never a person's.
"""

from __future__ import annotations

import csv
import random
import re
import tomllib
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_CODES = _HERE.parent.parent / "mappers" / "codes"

CHARACTERS = tuple(chr(c) for c in range(33, 127)) + (" ",)
"""What the network knows: printable ASCII."""


@dataclass(frozen=True)
class Lists:
    """Names of places and stations, sections, acts, words and parts of names, to make texts of."""

    stations: Sequence[tuple[str, tuple[str, ...]]]
    places: Sequence[str]
    sections: Sequence[str]
    usual: Sequence[str]
    penal_code: Sequence[str]
    acts: Sequence[str]
    words: Sequence[str]
    names: Mapping[str, tuple[str, ...]]


@cache
def lists() -> Lists:
    """Read from the package's code lists, and words.toml and names.toml beside this file."""
    with (_CODES / "stations" / "wb.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    stations = [(r["station"], tuple(a.strip() for a in r["aliases"].split(";") if a.strip())) for r in rows]
    with (_CODES / "districts.csv").open(encoding="utf-8", newline="") as f:
        places = sorted({(r.get("name") or r.get("district") or "").title() for r in csv.DictReader(f)})
    with (_CODES / "ipc_offences.csv").open(encoding="utf-8", newline="") as f:
        sections = [r["ipc_section"] for r in csv.DictReader(f)]
    listed = tomllib.loads((_HERE / "names.toml").read_text(encoding="utf-8"))
    names = {k: tuple(v.split()) for k, v in listed.items()}
    told = tomllib.loads((_HERE / "words.toml").read_text(encoding="utf-8"))
    places = [p for p in places if p and p.isascii()]
    usual, words = told["sections"].split(), told["words"].split()
    return Lists(stations, places, sections, usual, told["penal_code"], told["acts"], words, names)


def year(rng: random.Random) -> str:
    """2018, 18, '18."""
    full = rng.randint(2008, 2026) if rng.random() < 0.75 else rng.randint(1950, 2030)
    return str(full) if rng.random() < 0.9 else rng.choice(("", "'", "20")) + f"{full % 100:02d}"


def fir_no(rng: random.Random) -> str:
    """525/18, 07/2019, 42."""
    number = str(int(10 ** rng.uniform(0, 3.1)))
    if rng.random() < 0.3:
        number = number.zfill(rng.choice((2, 3, 4)))
    full = rng.randint(2008, 2026) if rng.random() < 0.85 else rng.randint(1960, 2030)
    suffix = rng.choices(("", f"{full % 100:02d}", str(full)), (0.25, 0.5, 0.25))[0]
    slash = rng.choice(("/", "/", "/", "/", " /", "/ ", "-"))
    return number + (slash + suffix if suffix else "")


def date(rng: random.Random) -> str:
    """12/03/18, 12.3.2018, 12-03-18."""
    sign = rng.choice("//..-")
    full, month = rng.randint(2005, 2026), rng.randint(1, 12)
    day = rng.randint(1, monthrange(full, month)[1])
    padded = rng.random() < 0.75
    parts = [f"{day:02d}" if padded else str(day), f"{month:02d}" if padded else str(month)]
    return sign.join([*parts, str(full) if rng.random() < 0.5 else f"{full % 100:02d}"])


def time(rng: random.Random) -> str:
    """14.30 hrs, 10:45 am, 09.15."""
    hour, minute = rng.randint(0, 23), rng.choice((rng.randint(0, 59), rng.randrange(0, 60, 5)))
    clock = f"{hour:02d}{rng.choice('::..')}{minute:02d}"
    return clock + rng.choice((" hrs", " hrs.", "hrs", " hours", "", "", " am", " pm", " A.M", " P.M."))


def diary(rng: random.Random) -> str:
    """GDE No. 345 dt. 12/3/18."""
    text = rng.choice(("GDE ", "G.D.E. No ", "GD ", "GDE No. ", "", "", "")) + str(rng.randint(1, 2999))
    return text + (rng.choice((" dt ", " dt. ", " dated ", " ")) + date(rng) if rng.random() < 0.5 else "")


def sections(rng: random.Random) -> str:
    """341/323/506/34 IPC, u/s 379 IPC, 498A/406 IPC & 3/4 D.P. Act."""
    some = [_section(rng) for _ in range(rng.choices(range(1, 9), (20, 22, 18, 14, 10, 7, 5, 4))[0])]
    sign = rng.choice(("/", "/", "/", "/", "/", "/", "/", ",", ", ", "|"))
    text = rng.choice(("", "", "", "", "u/s ", "U/S ", "Sec ", "IPC ", "I.P.C ")) + sign.join(dict.fromkeys(some))
    if rng.random() < 0.45:
        text += rng.choice((" ", " ", "")) + rng.choice(lists().penal_code)
    if rng.random() < 0.22:
        text += rng.choice((" & ", " and ", " r/w ", " ", "/")) + rng.choice(lists().acts)
    return text if rng.random() < 0.95 else rng.choice(lists().acts)


def _section(rng: random.Random) -> str:
    text = rng.choice(lists().usual) if rng.random() < 0.7 else rng.choice(lists().sections)
    if text[-1].isalpha() and rng.random() < 0.5:
        text = text[:-1] + rng.choice(("(%s)", "(%s)", " %s", "%s", "-%s")) % rng.choice((text[-1], text[-1].lower()))
    return text


def station(rng: random.Random) -> str:
    """Airport, BDN(N) PS, Balurghat, E.C."""
    kind = rng.random()
    if kind < 0.5:
        name, others = rng.choice(lists().stations)
        text = rng.choice((name, name, *others))
    elif kind < 0.9:
        text = rng.choice(lists().places) + rng.choice(
            ("", "", "", " Sadar", " Town", " East", " North", "(S)", " (W)")
        )
    else:
        letters = [rng.choice("ABCDEGHJKLMNPRSTW") for _ in range(rng.randint(2, 4))]
        text = rng.choice((".", "", "", "/")).join(letters) + rng.choice(("", "", "(N)", "(S)", "(E)"))
    text = rng.choice((str.upper, str, str, str, str))(text)
    return text + rng.choices(("", " PS", " P.S.", " P.S"), (0.8, 0.08, 0.06, 0.06))[0]


def name(rng: random.Random) -> str:
    """Sri Subrata Ghosh, Smt Rina Das, S.I. Arup Pal."""
    names = lists().names
    faith = rng.choices(("hindu", "muslim", "elsewhere"), (0.58, 0.22, 0.2))[0]
    given = [rng.choice(names[f"given_{faith}"])]
    if rng.random() < 0.3:
        given.append(
            rng.choice(("Kumar", "Kr", "Kr.", "Chandra", "Ch.", "Nath", "Prasad", rng.choice(names["given_hindu"])))
        )
    text = " ".join([*given, rng.choice(names[f"surnames_{faith}"])])
    if rng.random() < 0.15:
        text = _respelled(text, rng)
    before = (
        "Sri",
        "Shri",
        "Mr",
        "Mr.",
        "Smt",
        "Smt.",
        "Mrs",
        "Ms",
        "Dr.",
        "Md",
        "Md.",
        "SI",
        "S.I.",
        "ASI",
        "Miss",
        "Sk",
    )
    if rng.random() < 0.45:
        text = rng.choice(before) + " " + text
    if rng.random() < 0.12:
        text += rng.choice((" S/O ", " W/O ", " s/o ", " D/O ", " C/O ")) + rng.choice(names[f"given_{faith}"])
    return rng.choices((text, text.upper()), (0.85, 0.15))[0]


def _respelled(text: str, rng: random.Random) -> str:
    """A letter dropped, doubled or changed, as people spell names in many ways."""
    at = rng.randrange(1, len(text))
    return rng.choice(
        (text[:at] + text[at - 1 :], text[:at] + text[at + 1 :], text[:at] + rng.choice("aeiouhsr") + text[at + 1 :])
    )


def words(rng: random.Random) -> str:
    """A few words as in addresses, days, occupations, money, ages, telephone numbers."""
    kind = rng.random()
    if kind < 0.15:
        return rng.choice(("Rs. ", "Rs ", "")) + f"{int(10 ** rng.uniform(2, 6)):,}" + rng.choice(("/-", "/-", ""))
    if kind < 0.25:
        return f"{rng.randint(15, 85)}" + rng.choice((" yrs", " years", " yrs."))
    if kind < 0.32:
        return f"{rng.randint(6 * 10**9, 10**10 - 1)}"
    some = [rng.choice(lists().words) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.5:
        some[rng.randrange(len(some))] = rng.choice(lists().places)
    return (" " if rng.random() < 0.8 else ", ").join(some)


def nothing(rng: random.Random) -> str:
    """An empty field: print, dots and edges alone."""
    return ""


KINDS: Mapping[str, tuple[float, Callable[[random.Random], str]]] = {
    "year": (0.07, year),
    "fir_no": (0.11, fir_no),
    "date": (0.06, date),
    "time": (0.04, time),
    "diary": (0.03, diary),
    "sections": (0.20, sections),
    "station": (0.14, station),
    "name": (0.24, name),
    "words": (0.08, words),
    "blank": (0.03, nothing),
}


def draw_kind(rng: random.Random) -> str:
    """A kind of text, by how often it is trained on."""
    return rng.choices(list(KINDS), [share for share, _ in KINDS.values()])[0]


def is_written(text: str) -> bool:
    """Whether the network can learn a text: it is empty, or has a letter or digit, and characters it knows."""
    return not text or (bool(re.search(r"[A-Za-z0-9]", text)) and all(c in CHARACTERS for c in text))
