"""All masters side by side: how many entries each has, and the entries of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mappers.codes import acts, code_lists, districts, punishments, sections, shipped_stations, states

_SEEN = {"v": "as seen on public forms", "g": "general knowledge"}
_CODES = ("IPC", "BNS", "CRPC", "BNSS", "IEA", "BSA")


@dataclass(frozen=True, slots=True)
class MasterEntry:
    """One entry of a master. more: spellings, counterparts and what else belongs to it."""

    code: str
    title: str
    valid_from: str = ""
    valid_to: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Master:
    """One master with its entries; note: where they come from, or what a person should know."""

    name: str
    note: str
    entries: tuple[MasterEntry, ...]

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.entries)


def masters() -> tuple[Master, ...]:
    """Every master: laws, places, code lists."""
    return tuple(master(name) for name in (*_MASTERS, *code_lists()))


def master(name: str) -> Master:
    """The master of that name. Raises KeyError when there is none."""
    if name in _MASTERS:
        note, entries = _MASTERS[name]
        return Master(name, note, tuple(entries()))
    codes = code_lists()[name]
    note = ", ".join(filter(None, (_SEEN[codes.status], "open" if codes.is_open else "", codes.note)))
    made = (
        MasterEntry(v, v.replace("_", " "), *codes.valid.get(v, ("", "")), codes.spellings.get(v, ()))
        for v in codes.values
    )
    return Master(name, note, tuple(made))


def _acts() -> Iterator[MasterEntry]:
    for a in acts().values():
        yield MasterEntry(a.id, f"{a.full_name}, {a.year}", a.in_force_from, a.in_force_to, a.spellings)


def _states() -> Iterator[MasterEntry]:
    for s in states().values():
        yield MasterEntry(s.code, s.name, s.valid_from, "", (f"LGD {s.lgd}",))


def _districts() -> Iterator[MasterEntry]:
    for d in districts():
        yield MasterEntry(
            d.name, d.state, d.valid_from, d.valid_to, (*((f"LGD {d.lgd}",) if d.lgd else ()), *d.aliases)
        )


def _stations() -> Iterator[MasterEntry]:
    for code in states():
        for s in shipped_stations(code):
            yield MasterEntry(s.name, f"{s.district} ({code})", s.valid_from, s.valid_to, s.aliases)


def _sections(act: str) -> Iterator[MasterEntry]:
    for s in sections().values():
        if s.act == act:
            terms = punishments()[s.number].offence if act == "IPC" and s.number in punishments() else ""
            pairs = tuple(f"= {s.other} {n}" for n in s.counterparts)
            yield MasterEntry(s.number, s.title, s.valid_from, s.valid_to, (*pairs, *((terms,) if terms else ())))


def _of_act(act: str) -> Callable[[], Iterator[MasterEntry]]:
    return lambda: _sections(act)


_MASTERS: Mapping[str, tuple[str, Callable[[], Iterator[MasterEntry]]]] = {
    "act": ("dates and spellings from general knowledge", _acts),
    **{act.lower(): ("numbers and titles from the text of the act", _of_act(act)) for act in _CODES},
    "state": ("Local Government Directory", _states),
    "district": ("Local Government Directory 2023-24, and police districts of West Bengal", _districts),
    "station": ("only those shipped; put the state's own list into lists/stations.csv", _stations),
}
