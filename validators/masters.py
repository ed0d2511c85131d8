"""Acts, sections, districts and closed lists as plain values; the only place that knows where they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mappers.codes import acts, bns_sections, code_lists, district_list, ipc_inserted, ipc_sections, states


@dataclass(frozen=True)
class Law:
    """What the rules know of the law and of the closed lists.

    acts: act id -> (in force from, in force to), ISO dates, "" when open. sections: act id -> its section numbers, for
    acts that are listed whole. inserted: IPC section -> ISO day on which it came in. lists: list name -> values.
    """

    acts: Mapping[str, tuple[str, str]]
    sections: Mapping[str, frozenset[str]]
    inserted: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    def plain(self) -> list[Any]:
        """All of it as JSON types, in a stable order."""
        sections = [[act, sorted(numbers)] for act, numbers in sorted(self.sections.items())]
        return [sorted(self.acts.items()), sections, sorted(self.inserted.items()), sorted(self.lists.items())]


# Last sections, from the texts of the acts: CrPC 484, BNSS 531, BSA 170. The IEA and the CrPC have lettered sections
# that no list here holds, so they are judged by number alone.
LAST_NUMBER: Mapping[str, int] = {"IPC": 511, "BNS": 358, "CRPC": 484, "BNSS": 531, "IEA": 167, "BSA": 170}


@cache
def load_law() -> Law:
    """The law as the package ships it."""
    lists = {name: codes.values for name, codes in code_lists().items() if not codes.is_open}
    return Law(
        acts={a.id: (a.in_force_from, a.in_force_to) for a in acts().values()},
        sections={"IPC": ipc_sections() | set(ipc_inserted()), "BNS": bns_sections()},
        inserted=dict(ipc_inserted()),
        lists={**lists, "act": tuple(acts())},
    )


@cache
def load_districts() -> tuple[tuple[str, str], ...]:
    """(state code, district) of every district in the package's lists, revenue and police."""
    return tuple((code, name) for code in states() for name in district_list(code).values)
