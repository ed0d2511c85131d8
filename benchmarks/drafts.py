"""Drafts of mapping files: how many columns of layouts that the drafter was not tuned on are put where they belong.

python benchmarks/drafts.py [--keep] [--layout NAME] [--json FILE]

Each layout of draft_layouts.toml is drafted with a dictionary from which every spelling and phrase is taken that no
other layout uses (words written out in English stay). A column is right when its rule is in force and fills the right
field, or when the form has no field for it and it is left to a person. Peer in the same run: the likeness of a header
with names and labels of fields by edit distance alone. --keep measures with the whole dictionary; --layout shows one
layout.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from mappers.draft import draft_table
from mappers.draft.targets import find_targets
from mappers.encodings import encode, encodings
from mappers.headers.lexicon import HeaderLexicon, Phrase, load_lexicon, make_lexicon
from mappers.headers.read import read_header
from mappers.legacy import LegacyRow, LegacyTable, ReadAs, open_tables
from mappers.legacy.layout import read_layout
from mappers.mapping.column_encodings import WantedEncoding
from mappers.mapping.load import load_mappings
from mappers.sources.cells import TABLE
from mappers.text.folding import fold_key
from sample_data.formats_cases import Case, make_cases, one_cell, words

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ROOT / "sample_data" / "formats"
LAYOUTS = ROOT / "benchmarks" / "parts" / "mapping" / "draft_layouts.toml"
NOWHERE = "-"
# Their tables are called after another year than that of their cells.
OTHER_YEARS = ("excel_english_long", "excel_hindi_register")
# Layouts that came after the dictionary.
UNSEEN = ("new_", "far_")
# And those whose words were chosen without a look at it.
FAR = "far_"
ROWS = 30
# From this confidence a line counts as sure.
SURE = 0.9
_PEER_FLOOR = 50


@dataclass(frozen=True)
class Layout:
    """One layout. columns: header -> where it belongs. source: whether a file of sample_data/formats/ has it."""

    name: str
    columns: Mapping[str, str]
    source: bool = False
    language: str = "en"
    encoding: str = ""
    table: str = ""
    form: str = ""
    cells: Mapping[str, str] | None = None
    encoded_headers: bool = False

    def truth(self, header: str) -> str:
        """Where a column belongs: as the layout says, else as the mapping of the format says. A table that is called
        after a year, and has none in its columns, says it of all its rows.
        """
        if header == TABLE:
            return "year" if "year" not in self.columns.values() and self.name not in OTHER_YEARS else NOWHERE
        return self.columns.get(header) or _mapped(self.name).get(header, NOWHERE)


@cache
def _mapped(name: str) -> Mapping[str, str]:
    mapping = load_mappings()[name]
    return {r.source: f"{r.row}.{r.main}".lstrip(".") for r in mapping.rules}


@dataclass
class Count:
    """Columns of one or more layouts: all, and those put right."""

    columns: int = 0
    right: int = 0
    sure_and_wrong: int = 0
    peer_right: int = 0
    sure: int = 0
    sure_right: int = 0

    def add(self, other: Count) -> None:
        """Count another's columns, too."""
        self.columns += other.columns
        self.right += other.right
        self.sure_and_wrong += other.sure_and_wrong
        self.peer_right += other.peer_right
        self.sure += other.sure
        self.sure_right += other.sure_right


def main() -> int:
    """Print the figures of each layout, or the lines of one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--layout", default="")
    parser.add_argument("--json", type=Path)
    a = parser.parse_args()
    figures = evaluate(hold_out=not a.keep, only=a.layout, show=bool(a.layout))
    for name, share in figures["layouts"].items():
        print(f"{name:34} {share:.2f}")
    shown = {k: v for k, v in figures.items() if k != "layouts"}
    print(json.dumps(shown, indent=1))
    if a.json:
        a.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0


def evaluate(*, hold_out: bool = True, only: str = "", show: bool = False, sample: int = 0) -> dict[str, Any]:
    """Draft every layout and count.

    Keys: draft_columns_right, the share of all columns, and the same of the layouts whose files come from their own
    makers, of those that came after the dictionary (with the whole of it; columns_right is the same figure, and
    columns_right_far that of layouts whose words were chosen without a look at it), and by layout; drafts_80, the share
    of layouts with 80 % right; wrong_in_force; right_where_sure, of lines with a confidence of 0.9 or more; peer_right.
    sample: so many layouts only, spread over all.
    """
    layouts = load_layouts()
    used = {n: _used(layout) for n, layout in layouts.items()} if hold_out else {}
    by_layout: dict[str, Count] = {}
    step = len(layouts) // sample if sample else 1
    for name, layout in list(layouts.items())[::step]:
        if only in ("", name):
            is_held_back = hold_out and not name.startswith(UNSEEN)
            lexicon = _without(name, used) if is_held_back else load_lexicon()
            by_layout[name] = _measure(layout, lexicon, show=show)
    total, of_files, unseen, far = Count(), Count(), Count(), Count()
    for name, count in by_layout.items():
        total.add(count)
        if layouts[name].source:
            of_files.add(count)
        if name.startswith(UNSEEN):
            unseen.add(count)
        if name.startswith(FAR):
            far.add(count)
    return {
        "draft_columns_right": _share(total.right, total.columns),
        "draft_columns_right_files": _share(of_files.right, of_files.columns),
        "draft_columns_right_unseen": _share(unseen.right, unseen.columns),
        "columns_right": _share(unseen.right, unseen.columns),
        "columns_right_far": _share(far.right, far.columns),
        "far_words_known": _words_known(
            [w for n, layout in layouts.items() if n.startswith(FAR) for w in layout.columns]
        ),
        "drafts_80": _share(sum(c.right >= 0.8 * c.columns for c in by_layout.values()), len(by_layout)),
        "wrong_in_force": _share(total.sure_and_wrong, total.columns),
        "right_where_sure": _share(total.sure_right, total.sure),
        "peer_right": _share(total.peer_right, total.columns),
        "columns": total.columns,
        "layouts": {n: _share(c.right, c.columns) for n, c in by_layout.items()},
    }


def _words_known(headers: Sequence[str]) -> float:
    """The share of words in headers that the dictionary spells so, letter by letter."""
    spelled = load_lexicon().spellings
    words = [fold_key(w) for h in headers for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]\S*", h)]
    return _share(sum(w in spelled for w in words), len(words))


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def load_layouts() -> dict[str, Layout]:
    """The layouts by name."""
    data = tomllib.loads(LAYOUTS.read_text(encoding="utf-8"))
    return {name: Layout(name, **layout) for name, layout in data.items()}


def _measure(layout: Layout, lexicon: HeaderLexicon, *, show: bool) -> Count:
    table, names = _table(layout)
    state = layout.name[:2] if layout.source and not layout.name.startswith("in_") else ""
    draft = draft_table(table, WantedEncoding(encodings()), form=layout.form, state=state, lexicon=lexicon)
    peer = _peer(draft.form, [names[line.source] for line in draft.lines if line.source != TABLE], lexicon)
    count = Count()
    for line in draft.lines:
        truth = layout.truth(names[line.source]).split("|")
        got = line.target if line.kind == "mapped" else NOWHERE
        count.columns += 1
        count.right += got in truth
        count.sure_and_wrong += line.kind == "mapped" and got not in truth
        is_sure = line.kind == "mapped" and line.confidence >= SURE
        count.sure += is_sure
        count.sure_right += is_sure and got in truth
        count.peer_right += peer.get(names[line.source], NOWHERE) in truth
        if show:
            mark = " " if got in truth else "x"
            print(
                f"{mark} {names[line.source]:32} {line.kind:9} {line.confidence:.2f} {line.target:28} {'|'.join(truth)}"
            )
    return count


def _peer(form: str, headers: Sequence[str], lexicon: HeaderLexicon) -> dict[str, str]:
    """Header -> the field whose name or label comes nearest by edit distance; one column for each field."""
    ways = {
        t.name: (t.name.replace(".", " ").replace("_", " "), t.column.label)
        for t in find_targets(form, lexicon)
        if t.column is not None
    }
    pairs = [
        (max(fuzz.ratio(h.replace("_", " ").lower(), w.lower()) for w in texts), h, target)
        for h in headers
        for target, texts in ways.items()
    ]
    found: dict[str, str] = {}
    for score, header, target in sorted(pairs, key=lambda p: -p[0]):
        if score >= _PEER_FLOOR and header not in found and target not in found.values():
            found[header] = target
    return found


# What a layout alone uses of the dictionary.


def _used(layout: Layout) -> tuple[frozenset[str], frozenset[Phrase]]:
    """Spellings and phrases by which the layout's headers are read."""
    lexicon = load_lexicon()
    readings = [r for header in layout.columns for r in read_header(header, lexicon)[:3]]
    return frozenset(s for r in readings for s in r.spelled), frozenset(r.meanings for r in readings)


def _without(name: str, used: Mapping[str, tuple[frozenset[str], frozenset[Phrase]]]) -> HeaderLexicon:
    spelled, phrases = used[name]
    others = [u for n, u in used.items() if _family(n) != _family(name) and not n.startswith(UNSEEN)]
    only_spelled = spelled - frozenset().union(*(s for s, _ in others))
    only_phrases = phrases - frozenset().union(*(p for _, p in others))
    learned = load_lexicon().learned.get(_family(name), frozenset())
    return make_lexicon(only_spelled | learned, only_phrases)


def _family(name: str) -> str:
    """Tables of one system are one layout: what one of them taught is held back from the others as well."""
    return "_".join(name.split("_")[:2])


# Tables of layouts.


def _table(layout: Layout) -> tuple[LegacyTable, dict[str, str]]:
    """The table, and the header as the layout writes it by the header in the table."""
    if layout.source:
        table = _opened(FORMATS / layout.name)
        named = LegacyTable(layout.table or table.name, table.columns, table.rows, fonts=table.fonts)
        return named, {c: c for c in (*table.columns, TABLE)}
    headers = {_stored(h, layout, is_header=True): h for h in layout.columns}
    names = {**{str(k): v for k, v in headers.items()}, TABLE: TABLE}
    return LegacyTable(layout.table, tuple(map(str, headers)), _rows(layout)), names


def _opened(folder: Path) -> LegacyTable:
    source = next(
        p for p in sorted(folder.iterdir()) if p.stem == "source" and p.suffix.lower() not in (".dbt", ".fpt")
    )
    layout = folder / "layout.toml"
    return next(iter(open_tables(source, ReadAs(layout=read_layout(layout)) if layout.exists() else ReadAs())))


def _stored(text: str, layout: Layout, *, is_header: bool = False) -> str | bytes:
    if not layout.encoding or text.isascii() or (is_header and not layout.encoded_headers):
        return text
    stored = encode(layout.encoding, text)
    return stored.decode("cp1252", "replace") if is_header else stored


def _rows(layout: Layout) -> Iterator[LegacyRow]:
    dice = random.Random(layout.name)
    cases = make_cases(layout.name, layout.language, 2004, ROWS)
    for case in cases:
        cells = [_cell(case, header, target, layout, dice) for header, target in layout.columns.items()]
        yield LegacyRow(case.at, -1, tuple(_stored(c, layout) for c in cells))


def _cell(case: Case, header: str, target: str, layout: Layout, dice: random.Random) -> str:
    kind = (layout.cells or {}).get(header) or target.split("|")[0]
    made = _by_case(case, layout.language).get(kind)
    return made if made is not None else _odd(kind, case, dice)


@cache
def _by_case(case: Case, language: str) -> Mapping[str, str]:
    """What a case says of each place, as clerks write it."""
    known, fields = words(language), case.fields()
    people = {
        "name": case.complainant.name, "relative_name": case.complainant.father, "age": str(case.complainant.age),
        "address": case.complainant.address, "sex": case.complainant.sex[0].upper(),
    }  # fmt: skip
    accused = case.accused[0] if case.accused else case.complainant
    theirs = {**people, "name": accused.name, "relative_name": accused.father, "alias": accused.alias}
    said = {name: _as_written(text) for name, text in fields.items()}
    return {
        **said, "io_name": f"{known.rank} {case.officer}", "officer_name": case.officer, "rank": known.rank,
        "acts.section": case.statute, "district": "07", "gd_time": case.time,
        **{f"complainant.{k}": v for k, v in people.items()}, **{f"victim.{k}": v for k, v in people.items()},
        **{f"accused.{k}": v for k, v in theirs.items()},
        "accused.name": one_cell(case, known),
        "occurrence_time_from": case.time, "serial": str(case.at), "date": _as_written(f"{case.day}"),
        "time": case.time, "datetime": f"{_as_written(f'{case.began}')} {case.time}", "money": case.value,
        "place": case.place, "narrative": case.narrative, "text": case.spot,
        "regnum": f"3301{case.year % 100:02}{case.number:04}",
    }  # fmt: skip


def _as_written(text: str) -> str:
    """An ISO day as clerks write it; anything else as it is."""
    year, _, rest = text.partition("-")
    return f"{rest[3:]}/{rest[:2]}/{year}" if len(text) == 10 and rest[2:3] == "-" else text


_ODD: Mapping[str, tuple[str, ...]] = {
    "flag": ("Y", "N"), "code": ("1", "2", "3"), "user": ("OPERATOR1", "OPERATOR2"), "status": ("STO", "REC"),
    "result": ("C/S", "FRT", "UI", "PT"), "count": ("1", "2"), "property": ("Jewellery", "Currency", "Other"),
    "vehicle": ("Motor Cycle", "Car", "Truck"), "make": ("Hero", "Bajaj", "Maruti"), "colour": ("Black", "Red"),
}  # fmt: skip


def _odd(kind: str, case: Case, dice: random.Random) -> str:
    if kind in _ODD:
        return dice.choice(_ODD[kind])
    if kind == "plate":
        return f"DL{dice.randrange(1, 9)}S{dice.choice('ABC')}{dice.randrange(1000, 9999)}"
    if kind == "chassis":
        return f"MB{dice.randrange(10**9, 10**10)}X{dice.randrange(1000, 9999)}"
    if kind == "slashed":
        return f"{case.number}/{case.year}"
    return f"98{dice.randrange(10**7, 10**8)}" if kind == "phone" else ""


if __name__ == "__main__":
    sys.exit(main())
