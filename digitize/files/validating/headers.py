"""Likely meaning of header columns, for a header without the names of the import layout."""

from __future__ import annotations

from collections.abc import Sequence

_FIELDS_SHOWN = 4


def refusal(file: str, line: int, names: Sequence[str], form: str, fields: Sequence[str]) -> str:
    """Message for a header without any known column: what was expected, and the likely meaning of its columns."""
    meant = [f'"{name}" would be {field}' for name, field in _meanings(names, form)][:_FIELDS_SHOWN]
    told = f": {'; '.join(meant)}" if meant else ""
    return (
        f"{file}: line {line}: no column is a field of this table{told}. Headers are field ids, such as "
        f"{', '.join(fields[:_FIELDS_SHOWN])} (docs/schema.md); --mapping checks a table with headers of its own."
    )


def _meanings(names: Sequence[str], form: str) -> list[tuple[str, str]]:
    """Column -> field of the form that its header names.

    Only headers made of known words are reported: a file may have no header, and names of persons in its first row.
    """
    from mappers.draft.assign import assign, lend
    from mappers.draft.content import Content
    from mappers.draft.match import ColumnSeen
    from mappers.draft.targets import find_targets
    from mappers.headers.lexicon import load_lexicon
    from mappers.headers.read import UNKNOWN, read_header

    lexicon = load_lexicon()
    known = [
        name
        for name in dict.fromkeys(names)
        if any(not any(t.startswith(UNKNOWN) for t in reading.tokens) for reading in read_header(name, lexicon)[:1])
    ]
    columns = [ColumnSeen(name, (name,), Content(()), i) for i, name in enumerate(known)]
    choices = assign(columns, find_targets(form, lexicon), lend(columns, form, form, lexicon), lexicon)
    return [(c.column.name, c.target.name) for c in choices if c.target]
