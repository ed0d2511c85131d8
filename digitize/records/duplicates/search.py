"""Search duplicates in files or a workspace, without decided pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from digitize.errors import OptionsError
from digitize.masking.cases import CaseMasks, build_workspace_masks
from digitize.masking.masks import MASK
from digitize.masking.unmasking import ShownFields, Unmasking
from digitize.records.duplicates.decisions import STEP, drop_decided
from digitize.records.duplicates.find import DuplicatePair, FoundPairs, Side, find_candidates
from digitize.records.duplicates.gather import KINDS, Texts, load_file_texts, load_record_texts
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.purges import count_emptied
from digitize.workspace.ledger.records import Records
from mappers.record import Record
from mappers.schema import form_tables

Reveal = Callable[[str, Side], dict[str, Any]]
"""Gives what may be shown of a side of a pair of that kind."""
_OPEN = ("birth_year", "sex", "district", "number", "fir_date", "sections")
NAMES = ("name", "relative_name", "address", "complainant", "accused")


@dataclass(frozen=True, slots=True)
class DuplicateSearch:
    """Options. of: persons, cases or both; threshold: None for the default; limit: candidates of each kind.

    who: sees personal data in full; None: masked.
    """

    form: str = "iif1"
    of: str = "both"
    threshold: float | None = None
    limit: int = 50
    who: Unmasking | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """Counts of one kind. pairs: undecided, shown: of these; skipped: comparisons omitted in oversized blocks."""

    kind: str
    rows: int
    pairs: int
    groups: int
    shown: int
    decided: int
    compared: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Candidates as JSON types, most probable of each kind first, and counts.

    shown: records whose personal data are shown in full. purged: records without values, which are not compared.
    """

    pairs: tuple[dict[str, Any], ...]
    counts: tuple[Count, ...]
    shown: ShownFields = field(default_factory=ShownFields)
    purged: int = 0


def find_in_files(paths: Sequence[Path], wanted: DuplicateSearch) -> Duplicates:
    """Candidates in import files. Raises InputError if nothing can be compared, OptionsError for another form."""
    kinds = _list_kinds(wanted)
    return _build_result(
        load_file_texts(paths, wanted.form), kinds, wanted, show_all if wanted.who else mask_persons, None
    )


def find_in_workspace(ledger: Ledger, wanted: DuplicateSearch) -> Duplicates:
    """Undecided candidates among a workspace's records. Showing names is logged."""
    kinds, records = _list_kinds(wanted), Records(ledger)
    # Only with a reason, which is in the ledger before the first name leaves this function.
    reveal: Reveal = show_all
    if wanted.who is None:
        reveal = mask_as_records(build_workspace_masks(ledger), lambda i: s.record if (s := records.find(i)) else None)
    found = _build_result(load_record_texts(ledger, wanted.form), kinds, wanted, reveal, ledger)
    found = replace(found, purged=count_emptied(ledger))
    if wanted.who:
        detail = {**wanted.who.as_plain(), **found.shown.as_plain()}
        ledger.record_event("duplicates", STEP, "note", detail=detail)
    return found


def _list_kinds(wanted: DuplicateSearch) -> tuple[str, ...]:
    from validators.rulebook.rule import load_rules

    if wanted.form not in _list_forms():
        raise OptionsError(f"there is no form {wanted.form}; see: digitize schema")
    kinds = tuple(k for k in KINDS if wanted.of in (f"{k}s", "both"))
    if not kinds:
        raise OptionsError("--of must be persons, cases or both.")
    there = tuple(k for k in kinds if KINDS[k] in load_rules(wanted.form))
    if not there:
        raise OptionsError(f"form {wanted.form} has no fields by which {kinds[0]}s are compared.")
    return there


def _list_forms() -> frozenset[str]:
    from mappers.schema import load_schemas

    return frozenset(name for name in load_schemas() if form_tables(name))


def _build_result(
    texts: Texts, kinds: Sequence[str], wanted: DuplicateSearch, reveal: Reveal, ledger: Ledger | None
) -> Duplicates:
    pairs: list[dict[str, Any]] = []
    counts = []
    for found in (find_candidates(kind, wanted.form, texts, wanted.threshold) for kind in kinds):
        left, decided = drop_decided(ledger, found.candidates) if ledger else (list(found.candidates), 0)
        # After the decided ones are gone, or a long list of those would hide what is open.
        shown = left[: wanted.limit]
        pairs += candidates_to_plain(shown, reveal)
        counts.append(_count(found, len(left), len({c.group for c in left}), len(shown), decided))
    return Duplicates(tuple(pairs), tuple(counts), _list_shown_records(pairs) if wanted.who else ShownFields())


def _list_shown_records(pairs: Sequence[dict[str, Any]]) -> ShownFields:
    """Records whose personal data are shown in pairs."""
    shown = ShownFields()
    for side in (pair[name] for pair in pairs for name in ("left", "right")):
        shown.add(side["record"], [n for n in NAMES if n in side])
    return shown


def _count(found: FoundPairs, pairs: int, groups: int, shown: int, decided: int) -> Count:
    return Count(found.kind, found.rows, pairs, groups, shown, decided, found.compared, found.skipped)


def candidates_to_plain(candidates: Iterable[DuplicatePair], reveal: Reveal) -> Iterator[dict[str, Any]]:
    """Candidates as JSON types; keys are an interface."""
    for c in candidates:
        sides = {name: _side_to_plain(c.kind, side, reveal) for name, side in (("left", c.left), ("right", c.right))}
        yield {
            "kind": c.kind,
            "group": c.group,
            "score": c.score,
            **sides,
            "agrees": c.agrees.split(", ") if c.agrees else [],
            "differs": c.differs.split(", ") if c.differs else [],
            "proof": c.proof,
        }


def _side_to_plain(kind: str, side: Side, reveal: Reveal) -> dict[str, Any]:
    shown = {n: str(v) for n, v in reveal(kind, side).items() if v is not None}
    return {"record": side.record, "line": side.line, **shown}


def show_all(kind: str, side: Side) -> dict[str, Any]:
    """Everything, for those who gave a reason."""
    return {n: side.known.get(n) for n in (*NAMES, *_OPEN) if n in side.known}


def mask_persons(kind: str, side: Side) -> dict[str, Any]:
    """Drop values that identify a person: a file may concern anybody."""
    return {n: MASK if n in NAMES and v is not None else v for n, v in show_all(kind, side).items()}


def mask_as_records(masks: CaseMasks, find: Callable[[str], Record | None]) -> Reveal:
    """Mask like a workspace's records: victims and children protected, adult accused by name."""

    def reveal(kind: str, side: Side) -> dict[str, Any]:
        record = find(side.record)
        # No record to ask whom the law protects: then everybody is masked.
        if record is None:
            return mask_persons(kind, side)
        hidden = masks.list_masked_paths(record)
        names = _map_paths(kind, side, record)
        return {n: MASK if v is not None and names.get(n) in hidden else v for n, v in show_all(kind, side).items()}

    return reveal


def _map_paths(kind: str, side: Side, record: Record) -> dict[str, str]:
    """Paths in its record of a side's values."""
    if kind == "person":
        return {n: f"persons[{side.line - 1}].{n}" for n in (*NAMES, *_OPEN)}
    roles = [row["role"].value if "role" in row else "" for row in record.children.get("persons", ())]
    first = {str(role): f"persons[{roles.index(role)}].name" for role in ("complainant", "accused") if role in roles}
    return first | {n: n for n in _OPEN}
