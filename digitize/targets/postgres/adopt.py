"""Accept deliberate changes by a DBA to a target's tables, if they cannot lose or alter rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from digitize.errors import TargetRefused
from digitize.targets.kind import Patience
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.catalogue import Difference
from digitize.targets.postgres.connect import connect, refusal, use
from digitize.targets.postgres.meta import write_adopted
from digitize.targets.postgres.setup import require_owner
from digitize.targets.postgres.state import TargetState, has_schema, read_state, what_is_amiss
from digitize.targets.postgres.tables import BOOKS, VERSION

_COMMENTS = """
SELECT c.relname, coalesce(a.attname, ''), d.description FROM pg_description d JOIN pg_class c ON c.oid = d.objoid
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
WHERE d.classoid = 'pg_class'::regclass AND c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
"""
_PARTITIONS = """
SELECT c.relname, pg_get_partkeydef(c.oid) FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'p'
"""

_TAKEN = "SELECT jsonb_array_elements_text(e -> 'what') FROM meta, jsonb_array_elements(value) e WHERE key = 'adopted'"


@dataclass(frozen=True, slots=True)
class Adoption:
    """Changes accepted or to be accepted, and those that cannot be, as text."""

    taken: Sequence[str]
    refused: Sequence[str]


def adopt_target(
    address: DatabaseAddress, agrees: Callable[[Adoption], bool] = lambda found: True, *, dry_run: bool = False
) -> Adoption:
    """Accept all differences from the created tables in one transaction, and record them in `meta`.

    agrees: gets the findings and decides whether to continue. Raises TargetRefused if there is a change that cannot be
    accepted, if there are no tables of this version, or if the role does not own them; nothing was changed.
    """
    with connect(address) as db:
        try:
            with db.transaction():
                found = _look(db, address)
                if dry_run or not (found.taken or found.refused) or not agrees(found):
                    return found
                if found.refused:
                    raise TargetRefused(f"{address.name}: {'; '.join(found.refused[:3])} Nothing was changed.")
                require_owner(db, address)
                for statement in write_adopted(address.schema, found.taken):
                    db.execute(statement)
                return found
        except psycopg.Error as e:
            raise refusal(e, address) from None


def _look(db: psycopg.Connection[Any], address: DatabaseAddress) -> Adoption:
    if not has_schema(db, address.schema):
        raise TargetRefused(f"{address.name}: {what_is_amiss(TargetState())} Nothing was changed.")
    use(db, address, Patience())
    # Nobody alters a table between the look and the answer without being seen by the next load.
    state = read_state(db, address)
    if not state.version or state.version > VERSION:
        raise TargetRefused(f"{address.name}: {what_is_amiss(state)} Nothing was changed.")
    taken = [f"{d.text}: kept" for d in state.unlike if _may_be_taken(d)]
    taken += _own_things(db, state)
    refused = [f"{d.text}: {_why_not(d)}" for d in state.unlike if not _may_be_taken(d)]
    return Adoption(taken, refused)


def _may_be_taken(d: Difference) -> bool:
    """Whether it cannot refuse, lose or alter any of our rows."""
    # A column that may not be empty, and has no default, would refuse every row; see `_why_not`.
    if d.kind == "columns":
        return d.is_added and d.has_default
    # In the books a default stands only where this program leaves it to the server.
    return d.kind == "defaults" and not d.is_added and d.table in BOOKS and d.has_default


def _why_not(d: Difference) -> str:
    """Why a change cannot be accepted, and the remedy."""
    if d.kind == "triggers":
        return "it can change or drop rows without notice. Remove it, or put it on a table of your own."
    if d.kind == "defaults":
        return "it would fill in values that the files do not have. Remove it: ALTER TABLE ... ALTER ... DROP DEFAULT."
    if not d.is_added:
        return "loaded data would not fit, or not be checked. Restore it."
    if d.kind == "columns":
        return "no row could be loaded. Give it a default, or make it nullable."
    return "it may refuse rows that the rules accept. Remove it, or add the rule to `digitize validate`."


def _own_things(db: psycopg.Connection[Any], state: TargetState) -> Iterator[str]:
    """Harmless additions that were not accepted before."""
    lines = [*_further(state), *_comments(db, state), *_find_partitioned(db, state)]
    before = {line for (line,) in db.execute(_TAKEN)}
    yield from (line for line in lines if line not in before)


def _further(state: TargetState) -> Iterator[str]:
    for name, table in state.made.items():
        kinds: Mapping[str, Mapping[str, str]] = state.catalogue.get(name, {})
        # Those that are told of as differences, and the indexes below keys, are not told of again.
        told = {d.name for d in state.unlike if d.table == name} | table.constraints.keys()
        for word, kind, ours in (("column", "columns", table.columns), ("index", "indexes", table.indexes)):
            for one in sorted(kinds.get(kind, {}).keys() - ours.keys() - told):
                yield f"table {name}: {word} {one} was added: kept"


def _comments(db: psycopg.Connection[Any], state: TargetState) -> Iterator[str]:
    for name, column, text in sorted(db.execute(_COMMENTS).fetchall()):
        if name in state.made and text != state.made[name].comments.get(column):
            yield f"table {name}: the comment{f' on {column}' if column else ''} was changed: kept"


def _find_partitioned(db: psycopg.Connection[Any], state: TargetState) -> Iterator[str]:
    for name, key in db.execute(_PARTITIONS).fetchall():
        if name in state.made:
            yield f"table {name}: it is partitioned by {key}: kept"
