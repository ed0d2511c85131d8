"""Invented systems of several tables, with what their cases are: for the measurement of drafted ties."""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

WORDS = tomllib.loads((Path(__file__).parent / "system_dumps_words.toml").read_text(encoding="utf-8"))
# The drafter was made with the seeds and names below this; from here on both are others.
FIRST_UNSEEN = 100
STYLES = ("surrogate", "natural", "text")
_FIRST = ("Sample", "Example", "Imaginary", "Invented", "Pretend", "Namuna", "Udaharan", "Kalpit")
_LAST = ("Singh", "Devi", "Kumar", "Patil", "Bai", "Ram", "Lal", "Das", "Begum", "Rao", "Nath", "Kaur")
_PLACES = ("near the sample well", "Example Chowk", "Imaginary bus stand", "the invented mill", "Pretend Nagar market")
_ITEMS = ("a sample cycle", "an example of a gold chain", "an imaginary goat", "an invented radio", "a pretend watch")
_ACTS = (("1", "IPC", "Indian Penal Code"), ("2", "ARMS", "Arms Act"), ("3", "NDPS", "NDPS Act"), ("4", "MV", "MV Act"))
_SECTIONS = {"IPC": ("379", "302", "323", "506", "420", "457", "380"), "ARMS": ("25", "27"), "NDPS": ("20", "22"),
             "MV": ("184", "177")}  # fmt: skip
_SEXES = (("1", "Male"), ("2", "Female"))
_STATION_NAMES = ("Namuna Nagar", "Example Ganj", "Sample Kot", "Pretendpur", "Kalpit Bazar", "Udaharan Gaon",
                  "Imagin Ghat", "Inventabad")  # fmt: skip
DISTRICTS = ("Kangra", "Mandi", "Shimla", "Solan")


@dataclass
class Case:
    """What one case is, as values of records."""

    fields: dict[str, str]
    persons: list[tuple[str, ...]] = field(default_factory=list)
    acts: list[tuple[str, str]] = field(default_factory=list)
    property: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Invented:
    """One system. tables: name -> (columns, rows). cases: by number of the head's row. ties: part -> (key, columns of
    the head). lookups: (table, column) -> (lookup, key, value). rules: table -> TOML of its true mapping's rules.
    orphans: rows of parts whose head is not there. left: tables that hold nothing of a case. meant: (table, column) ->
    the field it truly fills.
    """

    seed: int
    style: str
    tables: dict[str, tuple[list[str], list[list[str]]]]
    cases: list[Case]
    head: str
    ties: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    lookups: dict[tuple[str, str], tuple[str, str, str]]
    rules: dict[str, str]
    orphans: int
    left: set[str]
    meant: dict[tuple[str, str], str]


def invent(seed: int, size: int = 90) -> Invented:
    """A system, always the same for a seed; its style of keys goes round the three."""
    return _Maker(seed, size).make()


class _Maker:
    def __init__(self, seed: int, size: int) -> None:
        self._r = random.Random(seed)
        self._seed, self._size, self._style = seed, size, STYLES[seed % 3]
        self._words = WORDS["unseen"] if seed >= FIRST_UNSEEN else WORDS
        self._n = {c: self._r.choice(words) for c, words in self._words["columns"].items()}
        self._t = {c: self._r.choice(words) for c, words in self._words["tables"].items()}
        # In the parts the key may be spelled otherwise than in the head.
        other = self._r.choice(self._words["columns"]["surrogate"])
        self._part_id = other if self._r.random() < 0.4 else self._n["surrogate"]
        self._part_text = (
            self._r.choice(self._words["columns"]["text_key"]) if self._r.random() < 0.4 else self._n["text_key"]
        )
        self.tables: dict[str, tuple[list[str], list[list[str]]]] = {}
        self.ties: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self.lookups: dict[tuple[str, str], tuple[str, str, str]] = {}
        self.rules: dict[str, str] = {}
        self.meant: dict[tuple[str, str], str] = {}
        self.orphans = 0

    def make(self) -> Invented:
        r, t = self._r, self._t
        self._stations = [(str(i + 1), name, r.randrange(len(DISTRICTS))) for i, name in enumerate(_STATION_NAMES)]
        self._officers = [(str(100 + i), f"{r.choice(_FIRST)} {r.choice(_LAST)}") for i in range(12)]
        cases, keys = self._heads()
        self._persons(cases, keys, "accused")
        if r.random() < 0.8:
            self._persons(cases, keys, "complainant")
        self._sections(cases, keys)
        if r.random() < 0.7:
            self._property(cases, keys)
        self._codes()
        left = self._junk(keys)
        names = list(self.tables)
        r.shuffle(names)
        tables = {n: self.tables[n] for n in names}
        return Invented(self._seed, self._style, tables, cases, t["head"], self.ties, self.lookups, self.rules,
                        self.orphans, left, self.meant)  # fmt: skip

    def _heads(self) -> tuple[list[Case], list[tuple[str, ...]]]:
        r, n, t = self._r, self._n, self._t
        is_split = r.random() < 0.4
        base = r.choice((1, 1, 1001, 50_000))
        columns = [n["station"], n["year"], n["number"], n["fir_date"], n["occ_date"], n["occ_time"], n["place"],
                   n["officer"], n["entered"], n["stamp"]]  # fmt: skip
        columns = [*({"surrogate": [n["surrogate"]], "text": [n["text_key"]]}.get(self._style, [])), *columns]
        columns += [] if is_split else [n["narrative"]]
        cases, rows, keys, facts, seen = [], [], [], [], set()
        for at in range(self._size):
            station, year, number = r.choice(self._stations), r.choice((2008, 2009)), 1 + at // 2
            # One number once in a station and year.
            number = number * 3 + r.randrange(3)
            day = date(year, 1, 1) + timedelta(days=r.randrange(360))
            before = day - timedelta(days=r.randrange(4))
            officer, story = (
                r.choice(self._officers),
                f"A sample story number {at}: "
                + "somebody who does not exist came and told an example of what never was. "
                + "It was not so.",
            )
            clock, place = f"{r.randrange(24):02d}:{r.choice((5, 30, 45)):02d}", r.choice(_PLACES)
            key = {"surrogate": (str(base + at),), "natural": (station[0], str(year), str(number)),
                   "text": (f"{station[1][:2].upper()}/{year}/{number:04d}",)}[self._style]  # fmt: skip
            if key in keys or (station[0], year, number) in seen:
                continue
            seen.add((station[0], year, number))
            row = [station[0], str(year), str(number), day.isoformat(), before.isoformat(), clock, place, officer[0],
                   str(r.randrange(1, 9)), f"{day.isoformat()} 10:20:30"]  # fmt: skip
            rows.append([*(key if self._style != "natural" else ()), *row, *([] if is_split else [story])])
            facts.append(story)
            keys.append(key)
            fields = {"fir_no": str(number), "year": str(year), "fir_date": day.isoformat(),
                      "occurrence_from": before.isoformat(), "occurrence_time_from": clock, "place": place,
                      "narrative": story, "police_station": station[1], "district": DISTRICTS[station[2]],
                      "io_name": officer[1]}  # fmt: skip
            cases.append(Case(fields))
        self.tables[t["head"]] = columns, rows
        fills = {"number": "fir_no int", "year": "year year", "fir_date": "fir_date date", "occ_date":
                 "occurrence_from date", "occ_time": "occurrence_time_from time", "place": "place text", "station":
                 "police_station station", "officer": "io_name name"}  # fmt: skip
        fills |= {} if is_split else {"narrative": "narrative block"}
        self._rules(t["head"], "", {n[c]: f for c, f in fills.items()}, columns)
        self.rules[t["head"]] += _rule(f"{n['station']}.DIST", "district", "district")
        if is_split:
            self._part(t["facts"], [(k, [s]) for k, s in zip(keys, facts, strict=True)], [n["narrative"]])
            self._rules(t["facts"], "", {n["narrative"]: "narrative block"}, self.tables[t["facts"]][0])
        return cases, keys

    def _part(self, name: str, rows: Sequence[tuple[tuple[str, ...], list[str]]], columns: list[str]) -> None:
        """A table of parts, with keys as its program wrote them: padded, in other letters, some without head."""
        r, n = self._r, self._n
        key = {"surrogate": [self._part_id], "text": [self._part_text],
               "natural": [n["station"], n["year"], n["number"]]}[self._style]  # fmt: skip
        to = {"surrogate": (n["surrogate"],), "text": (n["text_key"],), "natural": tuple(key)}[self._style]
        is_padded, is_lower = r.random() < 0.3, r.random() < 0.3
        out = []
        own = n["own_key"] if n["own_key"] not in (*key, *columns) else "ROWNR"
        for at, (said, cells) in enumerate(rows):
            spelled = [c.zfill(6) if is_padded and c.isdigit() else c.lower() if is_lower else c for c in said]
            if r.random() < 0.01:
                spelled = [f"{c} " for c in spelled]
            out.append([str(at + 1), *spelled, *cells])
        for at in range(max(1, len(rows) // 50)):
            lost = {"surrogate": ["987654"], "text": ["ZZ/1999/0001"], "natural": ["1", "1999", "9"]}[self._style]
            out.append([str(len(rows) + at + 1), *(lost if at else [""] * len(key)), *(rows[0][1])])
            self.orphans += 1
        self.tables[name] = [own, *key, *columns], out
        self.ties[name] = tuple(key), to

    def _persons(self, cases: Sequence[Case], keys: Sequence[tuple[str, ...]], role: str) -> None:
        r, n, t = self._r, self._n, self._t
        rows = []
        for case, key in zip(cases, keys, strict=True):
            for _ in range(1 if role == "complainant" else r.choice((1, 1, 2, 3))):
                name, father = (f"{r.choice(_FIRST)} {r.choice(_LAST)} {r.randrange(100)}" for _ in range(2))
                name, father = (x.rstrip("0123456789 ") + r.choice(("", " Urf", "")) * 0 for x in (name, father))
                age, sex = str(r.randrange(18, 70)), r.choice(_SEXES)
                cells = [name, father, age, sex[0], f"village {r.choice(_PLACES)}"]
                cells += [case.fields["fir_date"]] if role == "accused" else []
                rows.append((key, cells))
                case.persons.append((role, name, age, sex[1].casefold()))
        columns = [n[f"{role}_name"], n["father"], n["age"], n["sex"], n["address"]]
        columns += [n["arrest_date"]] if role == "accused" else []
        self._part(t[role], rows, columns)
        fills = {f"{role}_name": "name name", "father": "relative_name name", "age": "age age", "sex": "sex code",
                 "address": "address block"}  # fmt: skip
        self._rules(t[role], f'[rows.x]\ntable = "persons"\nset = {{ role = "{role}" }}\n',
                    {n[c]: f for c, f in fills.items()}, self.tables[t[role]][0])  # fmt: skip
        self.lookups[t[role], n["sex"]] = t["sexes"], "CD", "LABEL"

    def _sections(self, cases: Sequence[Case], keys: Sequence[tuple[str, ...]]) -> None:
        r, n, t = self._r, self._n, self._t
        rows = []
        for case, key in zip(cases, keys, strict=True):
            act = r.choice(_ACTS[:1] * 4 + _ACTS)
            for section in r.sample(_SECTIONS[act[1]], r.choice((1, 2))):
                rows.append((key, [act[0], section]))
                case.acts.append((act[1], section))
        self._part(t["sections"], rows, [n["act"], n["section"]])
        self._rules(t["sections"], '[rows.x]\ntable = "acts"\n', {n["act"]: "act code", n["section"]: "section text"},
                    self.tables[t["sections"]][0])  # fmt: skip
        self.lookups[t["sections"], n["act"]] = t["acts"], "CD", "LABEL"

    def _property(self, cases: Sequence[Case], keys: Sequence[tuple[str, ...]]) -> None:
        r, n, t = self._r, self._n, self._t
        rows = []
        for case, key in zip(cases, keys, strict=True):
            if r.random() < 0.4:
                item, worth = r.choice(_ITEMS), str(r.randrange(2, 90) * 100)
                rows.append((key, [item, worth]))
                case.property.append((item, worth))
        self._part(t["property"], rows, [n["item"], n["worth"]])
        fills = {n["item"]: "description text", n["worth"]: "value money"}
        self._rules(t["property"], '[rows.x]\ntable = "property"\n', fills, self.tables[t["property"]][0])

    def _codes(self) -> None:
        r, n, t = self._r, self._n, self._t
        key = {
            c: n[c] if r.random() < 0.6 else r.choice(("CODE", "ID", "CD"))
            for c in ("station", "sex", "act", "officer")
        }
        name = r.choice(("NAME", "DESCRIPTION", "naam", "TITLE"))
        self.tables[t["stations"]] = [key["station"], name, "DIST"], [[c, s, str(d + 1)] for c, s, d in self._stations]
        self.tables[t["districts"]] = ["DIST", name], [[str(i + 1), d] for i, d in enumerate(DISTRICTS)]
        self.tables[t["sexes"]] = [key["sex"], name], [list(s) for s in _SEXES] + [["3", "Transgender"]]
        self.tables[t["acts"]] = [key["act"], name], [[c, title] for c, _, title in _ACTS]
        self.tables[t["officers"]] = [key["officer"], name, "BELT"], [[c, o, str(2000 + i)] for i, (c, o) in
                                                                     enumerate(self._officers)]  # fmt: skip
        self.lookups[t["head"], n["station"]] = t["stations"], key["station"], name
        self.lookups[t["head"], n["officer"]] = t["officers"], key["officer"], name
        self.lookups[t["stations"], "DIST"] = t["districts"], "DIST", name
        for at, (lookup, _, _) in list(self.lookups.items()):
            concept = {t["sexes"]: "sex", t["acts"]: "act"}.get(lookup)
            if concept:
                self.lookups[at] = lookup, key[concept], name

    def _junk(self, keys: Sequence[tuple[str, ...]]) -> set[str]:
        r, n, t = self._r, self._n, self._t
        self.tables[t["users"]] = (["USR", "PWD", "LVL"], [[str(i), f"x{i}", "1"] for i in range(1, 9)])
        self.tables[t["menu"]] = (["MNO", "CAPTION", "FRM"], [[str(i), f"Screen {i}", f"frm{i}"] for i in range(1, 15)])
        own = {
            "surrogate": [n["surrogate"]],
            "text": [n["text_key"]],
            "natural": [n["station"], n["year"], n["number"]],
        }
        rows = [[str(i), *r.choice(keys), r.choice(("ADD", "EDIT", "PRINT")), f"2009-0{r.randrange(1, 9)}-11"]
                for i in range(1, 200)]  # fmt: skip
        self.tables[t["log"]] = ["LOGNO", *own[self._style], "ACTION", "ON_DT"], rows
        self.tables[t["odd"]] = (["NR", "CAPT", "REMK"], [[str(i), f"entry {i}", ""] for i in range(1, 12)])
        self.tables["EMPTY_OLD"] = ["A", "B"], []
        return {t["users"], t["menu"], t["log"], t["odd"], "EMPTY_OLD"}

    def _rules(self, table: str, rows: str, fills: Mapping[str, str], columns: Sequence[str]) -> None:
        text = rows
        for column, said in fills.items():
            to, cleaner = said.split()
            text += _rule(column, to, cleaner, "x" if rows else "")
            self.meant[table, column] = to
        self.rules[table] = text


def _rule(column: str, to: str, cleaner: str, into: str = "") -> str:
    more = f'into = "{into}"\n' if into else ""
    return f'[[map]]\nfrom = "{column}"\n{more}to = "{to}"\nclean = "{cleaner}"\n'


def write_dump(system: Invented, path: Path) -> None:
    """The system as a dump of MySQL."""
    with path.open("w", encoding="utf-8", newline="\n") as f:
        for name, (columns, rows) in system.tables.items():
            f.write(f"CREATE TABLE `{name}` ({', '.join(f'`{c}` varchar(200)' for c in columns)});\n")
            for row in rows:
                cells = ", ".join("NULL" if c == "" else "'" + c.replace("'", "''") + "'" for c in row)
                f.write(f"INSERT INTO `{name}` VALUES ({cells});\n")


def write_folder(system: Invented, folder: Path) -> None:
    """The system as a folder of text files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in system.tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as f:
            writer: Any = csv.writer(f)
            writer.writerow(columns)
            writer.writerows(rows)
