"""Tamperings of a finished workspace, each with a copy of its own, and whether verification names what was done.

One who has no key changes bytes, rows, events (with the chain computed anew), their order or number, files and the
target. One who has the site's key rewrites history and signs it anew: that is held against the heads that the office
above has from snapshots of before.
"""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from digitize.errors import DigitizeError
from digitize.files.loading.compared_sources import make_workspace_source
from digitize.files.loading.reconcile import compare
from digitize.machine.progress import Silent
from digitize.workspace.integrity.verify import VerifyScope, find_workspace_changes
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import open_place
from digitize.workspace.target import open_place_target
from tools.tampering import files as trust_files
from tools.tampering import history as trust_history
from tools.tampering import rows as trust_rows
from tools.tampering.copies import Deed, TamperedCopy

DEEDS: dict[str, Deed] = {
    name: deed for room in (trust_rows, trust_history, trust_files) for name, deed in room.DEEDS.items()
}


@dataclass
class Outcome:
    """What came of all tamperings. missed: those that nothing named, by kind."""

    tried: int = 0
    found: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)


def tamper(place: Path, scratch: Path, times: int, seed: int) -> Outcome:
    """Tamper with copies of a finished workspace, so many times, kinds in turn and the rest by chance."""
    heads = scratch / "heads-held-above.jsonl"
    with Ledger(place / "ledger.sqlite") as ledger:
        heads.write_text(json.dumps({"seq": ledger.count_events(), "at": "", "hash": ledger.root_hash()}) + "\n")
    made = Outcome()
    dice = random.Random(seed)
    names = sorted(DEEDS)
    turn = 0
    while made.tried < times:
        name = names[turn % len(names)]
        turn += 1
        copy = TamperedCopy(scratch / f"copy{turn}", heads)
        shutil.copytree(place, copy.folder, symlinks=True)
        try:
            wanted = DEEDS[name](copy, dice)
            if wanted is None:
                continue
            made.tried += 1
            made.kinds[name] += 1
            told = named_changes(copy)
            if any(wanted in line for line in told):
                made.found += 1
            else:
                made.missed.append(f"{name} #{turn}: {wanted} not in {told[:3]}")
        finally:
            _remove(copy.folder)
    return made


def named_changes(copy: TamperedCopy) -> list[str]:
    """What verification says of a workspace, remarks left out; what stops it counts as well."""
    try:
        place = open_place(copy.folder)
        with Ledger(place.ledger) as ledger:
            look = VerifyScope(originals=1.0, heads=copy.heads if copy.asks_heads else None)
            found = [c.line() for c in find_workspace_changes(ledger, place, look, Silent()) if not c.is_remark]
        if copy.asks_target_rows:
            target = open_place_target(place)
            try:
                groups = compare(make_workspace_source(place), target).groups
            finally:
                target.close()
            found += [r for g in groups for r in (*g.missing, *g.different, *g.only_target)]
    except DigitizeError as e:
        return [str(e)]
    return found


def _remove(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o600)
    shutil.rmtree(folder)
