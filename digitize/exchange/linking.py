"""Link statements to loaded records by FIR key, CNR or prisoner; others wait until their record is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from digitize.exchange.books import LINKS, ExchangeBook, blocks, upsert_statement
from digitize.exchange.statements import OtherStatement, each_statement, statements_by
from digitize.targets.base import Statement
from mappers.linking.cases import KEY
from mappers.schema import form_tables, load_schemas

FIRST = "iif1"
_NEEDED = KEY[:5]
_KEYS_AT_ONCE = 500
_COLUMNS = ("sender", "kind", "statement", "form", "record", "how")


def forms_with(*columns: str) -> list[str]:
    """Forms that have these fields, the FIR itself first, then by name."""
    found = [f for f in load_schemas() if all(c in form_tables(f)[f].by_name for c in columns)]
    return sorted(found, key=lambda f: (f != FIRST, f))


def link_statements(book: ExchangeBook) -> int:
    """Link waiting statements, and unlink those whose record was deleted.

    Returns how many were linked. Resumable after an interruption.
    """
    count = 0
    # A statement that names a CNR may need one that links the CNR first.
    while linked := _link_once(book):
        count += linked
    return count


def _link_once(book: ExchangeBook) -> int:
    count = 0
    for some in each_statement(book):
        gone = _find_lost(book, some)
        waiting = [s for s in some if not s.record or s.name in gone]
        links = find_links(book, waiting)
        made: list[Statement] = [_unlink(s) for s in waiting if s.record and s.name not in links]
        rows = [(*name, *link) for name, link in links.items()]
        if rows:
            made.append(upsert_statement(LINKS, _COLUMNS[:3], _COLUMNS, rows))
        if made:
            book.target.run_all(made)
        count += len(rows)
    return count


def _find_lost(book: ExchangeBook, some: Sequence[OtherStatement]) -> set[tuple[str, str, str]]:
    by_form: dict[str, set[str]] = {}
    for s in some:
        if s.record:
            by_form.setdefault(s.form, set()).add(s.record)
    there = {(f, r) for f, records in by_form.items() for r in book.still_there(f, sorted(records))}
    return {s.name for s in some if s.record and (s.form, s.record) not in there}


def _unlink(s: OtherStatement) -> Statement:
    return f"DELETE FROM {LINKS} WHERE sender = ? AND kind = ? AND statement = ?", s.name


def find_links(
    book: ExchangeBook, some: Sequence[OtherStatement]
) -> dict[tuple[str, str, str], tuple[str, str, str]]:  # fmt: skip
    """Statement -> form, record and key used (fir, cnr, prisoner), for those that can be linked."""
    links: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    by_fir = records_of_firs(book, [s.fir for s in some if s.fir])
    for s in some:
        if found := _fitting(by_fir, s.fir):
            links[s.name] = (*found, "fir")
    # What names an FIR is never linked by another word: the two might disagree.
    others = [s for s in some if not s.fir]
    for column in ("cnr", "prisoner"):
        values = sorted({v for s in others if s.name not in links and (v := getattr(s, column))})
        found_by = _find_records_by_key(book, column, values) if values else {}
        for s in others:
            if s.name not in links and (hit := found_by.get(getattr(s, column))):
                links[s.name] = (*hit, column)
    return links


def key_of(fir: Mapping[str, str]) -> tuple[str, ...]:
    """Comparison key of an FIR; () for none."""
    return (*(fir[n] for n in _NEEDED[:4]), fir["fir_no"].lstrip("0") or "0") if set(_NEEDED) <= set(fir) else ()


def records_of_firs(
    book: ExchangeBook, firs: Iterable[Mapping[str, str]]
) -> dict[tuple[str, ...], tuple[str, str, str]]:  # fmt: skip
    """Key of an FIR -> form, record and part: of the FIR itself, else of another record of the case."""
    wanted = list(dict.fromkeys(k for f in firs if (k := key_of(f))))
    found: dict[tuple[str, ...], tuple[str, str, str]] = {}
    for form in forms_with(*KEY) if wanted else ():
        left = [k for k in wanted if k not in found]
        for record, part, *key in rows_of_firs(book, form, left, ("record_id", "fir_part")):
            found.setdefault(tuple(map(str, key)), (form, str(record), str(part or "")))
    return found


def _fitting(
    found: Mapping[tuple[str, ...], tuple[str, str, str]], fir: Mapping[str, str]
) -> tuple[str, str] | None:  # fmt: skip
    """Form and record of an FIR; if both name a part of the register, the parts must be equal."""
    form, record, part = found.get(key_of(fir), ("", "", ""))
    own = fir.get("fir_part", "")
    return (form, record) if record and (not own or not part or own == part) else None


def rows_of_firs(
    book: ExchangeBook, form: str, keys: Sequence[tuple[str, ...]], columns: Sequence[str], table: str = ""
) -> list[tuple[object, ...]]:  # fmt: skip
    """Rows of some columns followed by the five key fields, for records of a form with one of the keys.

    table: a child table that has the columns. Rows of one key are ordered by record id.
    """
    key = ", ".join(f"f.{n}" for n in _NEEDED)
    shown = ", ".join(f"{'t' if table else 'f'}.{c}" for c in columns)
    source = f"{form} f JOIN {table} t ON t.record_id = f.record_id" if table else f"{form} f"
    found: list[tuple[object, ...]] = []
    # One prisoner has many cases: SQLite takes no query of a thousand ORs.
    for some in blocks(keys, _KEYS_AT_ONCE):
        # One OR for each key, so that the index of keys is looked into; the order is that of the ids.
        ways = " OR ".join(
            ["(f.state = ? AND f.district = ? AND f.police_station = ? AND f.year = ? AND f.fir_no = ?)"] * len(some)
        )
        given = [v for k in some for v in (*k[:3], int(k[3]), int(k[4]))]
        found += book.rows(f"SELECT {shown}, {key} FROM {source} WHERE {ways} ORDER BY f.record_id", *given)
    return found


def _find_records_by_key(book: ExchangeBook, column: str, values: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Values of CNR or prisoner -> record: by what others stated with it and is linked, else by what was loaded."""
    found: dict[str, tuple[str, str]] = {}
    twice: set[str] = set()
    own = {"cnr": "cnr", "prisoner": "eprison_pid"}[column]
    for form in forms_with(own):
        query = f"SELECT {own}, record_id FROM {form} WHERE {own} {book.one_of} ORDER BY record_id"
        hits = book.rows(query, book.as_list(list(values)))
        firs = _firs(book, form, [r[1] for r in hits])
        for value, record in hits:
            _note(found, twice, value, firs.get(record, (form, record)))
    stated = statements_by(book, column, list(values))
    gone = _find_lost(book, stated)
    for s in stated:
        if s.record and s.name not in gone:
            _note(found, twice, getattr(s, column), (s.form, s.record))
    # One number of two cases tells nothing; a person is asked.
    return {v: r for v, r in found.items() if v not in twice}


def _note(found: dict[str, tuple[str, str]], twice: set[str], value: str, record: tuple[str, str]) -> None:
    if found.setdefault(value, record) != record:
        twice.add(value)


def _firs(book: ExchangeBook, form: str, records: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Record of a form -> the FIR of its case, if loaded."""
    if not records or not set(KEY) <= set(form_tables(form)[form].by_name):
        return {}
    query = f"SELECT record_id, {', '.join(KEY)} FROM {form} WHERE record_id {book.one_of}"
    keys = {
        r: {n: str(v) for n, v in zip(KEY, values, strict=True) if v is not None}
        for r, *values in book.rows(query, book.as_list(list(records)))
    }
    by_key = records_of_firs(book, keys.values())
    return {r: hit for r, k in keys.items() if (hit := _fitting(by_key, k))}
