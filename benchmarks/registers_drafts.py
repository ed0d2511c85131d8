"""Register files drafted from drawn pages, beside the files of the package, and how pages read with the drafts.

    python benchmarks/registers_drafts.py [--quick] [--json FILE]     the committed samples; --quick: one volume
    python benchmarks/registers_drafts.py --data FOLDER [--most N]    of sample_data/registers.py --out FOLDER

Each volume is drafted twice, its language told: with the registers of the package known, and (apart) without its own
and the labels that only its own has, as a register that nobody described. Of all columns of the package's file, by
their places: columns (where the draft has as many), ids, heads (the text is like a label that may be printed there),
kinds. Of volumes: row_start and spread. rows_f1 and cells: the drafted pages read with the draft as it is, as
benchmarks/forms_registers.py counts them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.forms_registers import SAMPLES, volumes_of  # noqa: E402
from benchmarks.parts.registers.score import Found, Gold, Score, score_page  # noqa: E402

if TYPE_CHECKING:
    from digitize.files.registers.draft import RegisterDraft
    from ocr.registers import RegisterForm, Registers

_QUICK = "reg_conviction"
_SAME_HEAD = 0.8


@dataclass
class Drafted:
    """Counts over volumes: of what there is, and of what a draft has right; and the rows and cells read with it."""

    there: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    score: Score = field(default_factory=Score)

    def count(self, name: str, pairs: Sequence[bool]) -> None:
        """Add what is right of one thing."""
        self.there[name] += len(pairs)
        self.right[name] += sum(pairs)

    def to_plain(self) -> dict[str, Any]:
        """Shares 0..1, and how many there were."""
        shares = {name: round(self.right[name] / n, 4) for name, n in self.there.items() if n}
        rows = {"rows_f1": round(self.score.rows_f1, 4), "cells": round(self.score.cells_share, 4)}
        return {"volumes": self.there["row_start"], "of_columns": self.there["columns"], **shares, **rows}


def measure(data: Path | None, log: Callable[[str], None], *, quick: bool = False, most: int | None = None) -> Any:
    """Figures by whether the register is known or apart. most: pages at most."""
    folder = data or SAMPLES
    gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    volumes = [v for v in volumes_of(gold, most) if not quick or v[0]["form"] == _QUICK]
    figures = {}
    for name in ("known", "apart"):
        total = Drafted()
        for pages in volumes:
            measure_volume(folder, pages, total, apart=name == "apart", log=log)
        figures[name] = total.to_plain()
    return figures


def measure_volume(
    folder: Path, pages: Sequence[Gold], total: Drafted, *, apart: bool, log: Callable[[str], None]
) -> None:
    """Draft the register of a volume's pages and add what is right. A draft that is refused has nothing right."""
    from digitize.errors import InputError
    from digitize.files.forms.library import open_named
    from digitize.files.registers.draft import draft_register
    from ocr.engines import load_engine
    from ocr.registers import known_registers

    known = known_registers()
    wanted = known.forms[pages[0]["form"]]
    registers = without_register(known, wanted.id) if apart else known
    scans = list(open_named([folder / page["file"] for page in pages]))
    try:
        draft = draft_register(scans, "reg_drafted", load_engine("tesseract"), registers, (pages[0]["language"], "en"))
    except InputError as e:
        log(f"{pages[0]['volume']}: {e}")
        draft = None
    count_columns(wanted, draft, known, total)
    if draft is not None:
        read_pages(folder, pages, draft, wanted, registers, total)
    log(f"{pages[0]['volume']} {'apart' if apart else 'known'}: {total.to_plain()}")


def without_register(known: Registers, register_id: str) -> Registers:
    """The registers without one of them and without the labels that only it has."""
    forms = {i: f for i, f in known.forms.items() if i != register_id}
    ids = {column.id for form in forms.values() for column in form.columns}
    return known.model_copy(update={"forms": forms, "labels": {i: x for i, x in known.labels.items() if i in ids}})


def count_columns(wanted: RegisterForm, draft: RegisterDraft | None, known: Registers, total: Drafted) -> None:
    """Add what a draft has right of the columns of a register, None for nothing."""
    from ocr.languages.lexicon import fold_text
    from ocr.registers.labels import likeness

    count = len(wanted.columns)
    own = draft.columns if draft is not None and len(draft.columns) == count else ()
    pairs = list(zip(own, wanted.columns, strict=True)) if own else []
    lacking = [False] * (count - len(pairs))
    labels = [[x for x in map(fold_text, known.labels_of(column)) if x] for _, column in pairs]
    total.count("columns", [True for _ in pairs] + lacking)
    total.count("ids", [a.id == b.id for a, b in pairs] + lacking)
    total.count("heads", [likeness(a.head, x) >= _SAME_HEAD for (a, _), x in zip(pairs, labels, strict=True)] + lacking)
    total.count("kinds", [a.kind == b.kind for a, b in pairs] + lacking)
    form = draft.form if draft is not None else None
    start = form.ids.index(form.row_start) if form is not None else -1
    total.count("row_start", [start == wanted.ids.index(wanted.row_start)])
    total.count("spread", [form is not None and form.split == wanted.split])


def read_pages(
    folder: Path,
    pages: Sequence[Gold],
    draft: RegisterDraft,
    wanted: RegisterForm,
    registers: Registers,
    total: Drafted,
) -> None:
    """Read the pages of a volume with its draft, and add which rows and cells lie where they should."""
    from digitize.files.forms.library import open_named
    from digitize.files.registers.trial import try_register
    from ocr.engines import load_engine

    # Cells are compared by their places: ids of a draft are its own.
    names = dict(zip(draft.form.ids, wanted.ids, strict=False))
    scans = open_named([folder / page["file"] for page in pages])
    tried = try_register(draft.form, scans, load_engine("tesseract"), (pages[0]["language"], "en"))
    for page, one in zip(pages, tried, strict=True):
        rows = [[tuple(b) for b in row.boxes] for row in one.table.rows]
        cells = [{names.get(n, n): (tuple(c.box), c.blank) for n, c in row.cells.items()} for row in one.table.rows]
        total.score.add(score_page(page, Found(rows, cells)))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--most", type=int, help="pages at most")
    parser.add_argument("--json", type=Path)
    a = parser.parse_args()
    text = json.dumps(measure(a.data, print, quick=a.quick, most=a.most), indent=1)
    print(text)
    if a.json:
        a.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
