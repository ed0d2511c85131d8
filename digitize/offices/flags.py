"""Flags last until a person answers them, whatever is sent after; a lowered expectation stays visible."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from digitize.errors import OptionsError
from digitize.offices.refusal import Flag
from digitize.offices.store import SnapshotStore
from digitize.offices.store_rows import TWICE, OfficeAct, Received

_NAMING = ("place", "measure", "site", "links")
"""Values that say of what a flag is; the others are counts, which differ from month to month."""
_CONDITIONS = ("more-than-expected", TWICE, "same-code", "stated-ahead", "stated-beyond", "stated-long-ago")
"""What a snapshot bears for as long as something is so: answered once, it stays answered while it lasts."""
_CUT = "expected-fell"
_STAYS = (_CUT,)
"""Shown with the answer for ever: a share that was raised by expecting less must not look earned."""


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """One flag of one reporter. since, last: ISO days of the first and newest snapshot that bore it.

    answer: what a person said to it, None while it is open.
    """

    id: str
    reporter: str
    flag: Flag
    since: str
    last: str
    answer: OfficeAct | None = None

    @property
    def is_shown(self) -> bool:
        """Whether it is still said on pages."""
        return self.answer is None or self.flag.code in _STAYS


def collect_flags(placed: Iterable[tuple[int, Received]], answers: Iterable[OfficeAct] = ()) -> list[RaisedFlag]:
    """The same of rows with their places among all; those without flags may be left out."""
    found: dict[str, RaisedFlag] = {}
    going_on: dict[str, str] = {}
    reporter, last = "", -1
    for place, r in placed:
        # What the snapshot right before bore, too, goes on; anything else happened anew.
        before, going_on = (going_on if r.reporter == reporter and place == last + 1 else {}), {}
        reporter, last = r.reporter, place
        for number, flag in enumerate(r.flags):
            about = _flag_identity(flag)
            if about in before and flag.code in _CONDITIONS:
                id_ = before[about]
                found[id_] = replace(found[id_], flag=flag, last=r.as_on)
            else:
                id_ = hashlib.sha256("\x1f".join((r.sha256, reporter, str(number), about)).encode()).hexdigest()[:8]
                found[id_] = RaisedFlag(id_, reporter, flag, r.as_on, r.as_on)
            going_on[about] = id_
    said = {a.subject: a for a in answers}
    return [replace(f, answer=said.get(f.id)) for f in found.values()]


def _flag_identity(flag: Flag) -> str:
    return "\x1f".join((flag.code, flag.said, *(str(flag.values.get(n, "")) for n in _NAMING)))


def load_flags(store: SnapshotStore, day: date | None = None) -> list[RaisedFlag]:
    """The flags of an office up to a day, with what was answered."""
    return collect_flags(store.list_flagged(day), store.list_acts("answer"))


def find_open_cuts(raised: Iterable[RaisedFlag]) -> dict[str, RaisedFlag]:
    """Reporter -> the newest flag on an inventory that expects fewer records than before and that nobody answered."""
    cuts = [
        f for f in raised if f.flag.code == _CUT and f.answer is None and f.flag.values.get("measure") == "expected"
    ]
    return {f.reporter: f for f in sorted(cuts, key=lambda f: f.since)}


def answer_flag(store: SnapshotStore, flag_id: str, operator: str, reason: str) -> RaisedFlag:
    """Say that a person looked at it and what came of it; it is kept. Raises OptionsError when no such flag is open."""
    held = [f for f in load_flags(store) if f.answer is None and f.id.startswith(flag_id.lower())]
    if len(held) != 1 or len(flag_id) < 4:
        raise OptionsError("No open flag, or more than one, starts like this. See: flag list")
    if not reason.strip():
        raise OptionsError("Give the reason: it is stored with the flag.")
    with store.writing():
        store.insert_act(
            "answer", held[0].id, operator, reason, {"reporter": held[0].reporter, "text": held[0].flag.text}
        )
    return held[0]
