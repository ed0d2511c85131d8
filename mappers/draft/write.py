"""A draft as a mapping file: what is sure in force, everything else as a comment that a person turns into a rule."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from mappers.codes import act_list, code_lists
from mappers.draft.also import AlsoDraft, AlsoRule
from mappers.draft.draft import MappingDraft
from mappers.draft.lines import DraftLine
from mappers.draft.rules import DraftRule
from mappers.sources.cells import TABLE

_SHOWN = 12
# Names that readers give to columns without one.
_UNNAMED = re.compile(r"COLUMN_\d+")


def write_draft(draft: MappingDraft, mapping_id: str, *, title: str = "", states: tuple[str, ...] = ()) -> str:
    """The text of the file; it binds as it stands, if anything is mapped. mapping_id: also the name of the file."""
    encoding = _usual_encoding(draft)
    return "\n".join(
        [
            *_head(draft, mapping_id, title, encoding), *_match(draft, states), *_rows(draft),
            *(text for line in draft.lines for text in _block(line, draft, encoding)),
            *_leave_rows(draft),
            *(text for also in draft.also for text in _write_also(also, encoding)),
        ]
    ) + "\n"  # fmt: skip


def _usual_encoding(draft: MappingDraft) -> str:
    """The legacy encoding of most mapped columns, "" when they are plain."""
    counted = Counter(line.encoding for line in draft.of_kind("mapped") if line.encoding not in ("", "auto"))
    return counted.most_common(1)[0][0] if counted else ""


def _head(draft: MappingDraft, mapping_id: str, title: str, encoding: str) -> Iterator[str]:
    mapped, total = len(draft.of_kind("mapped")), len(draft.lines)
    yield f"# A draft: {mapped} of {total} columns are mapped. The number behind a rule says how sure it is, of 1."
    yield "# Read every line, compare it with the register, decide what is asked; until then those cells are left over."
    if not mapped:
        yield "# Nothing could be mapped surely: the file can be used once a rule is in force."
    yield from _write_questions(draft)
    yield "format = 1"
    yield f"id = {_text(mapping_id)}"
    yield 'version = "1"'
    yield f"title = {_text(title or f'Draft for the table {draft.table}')}"
    yield f"form = {_text(draft.form)}"
    if encoding:
        yield f"encoding = {_text(encoding)}"
    if draft.nulls:
        yield "# These stand in its cells. If they say that there is nothing, take the # away:"
        yield f"# nulls = {_texts(draft.nulls)}"
    yield ""


def _write_questions(draft: MappingDraft) -> Iterator[str]:
    open_lines = [line for line in draft.lines if line.kind != "mapped" or line.questions or _list_unlisted(line)]
    if not open_lines:
        return
    yield "# Asked:"
    for line in open_lines:
        yield f"#   {_comment(line.source)}: {_question(line, draft)}"


def _question(line: DraftLine, draft: MappingDraft) -> str:
    said = list(line.questions)
    if line.kind == "unknown":
        said.insert(0, "what is it?")
    elif line.kind == "elsewhere":
        made = any(line.source in also.needs for also in draft.also)
        said.insert(0, f"{line.reason}: {'take [also] below, or ' if made else ''}leave it out?")
    elif line.kind == "asked":
        second = f", or {line.second}" if line.second else ""
        said.insert(0, f"is it {line.target}{second}?")
    if _list_unlisted(line):
        said.append(f"what do its codes stand for ({len(_list_unlisted(line))} not known)?")
    return _comment(" ".join(said))


def _list_unlisted(line: DraftLine) -> tuple[str, ...]:
    return line.rule.unlisted if line.rule is not None and line.kind == "mapped" else ()


def _match(draft: MappingDraft, states: tuple[str, ...]) -> Iterator[str]:
    own = [line for line in draft.lines if line.source != TABLE]
    columns = [line.source for line in own if line.kind == "mapped"] or [line.source for line in own]
    if all(_UNNAMED.fullmatch(c) for c in columns):
        columns = [line.source for line in own]
        yield "# The table has no names of columns. Any other without them and as wide would be taken for it: name them"
        yield "# in the old program, or keep this file out of a workspace with such tables."
    yield "[match]"
    yield f"columns = {_texts(columns)}"
    if states:
        yield f"states = {_texts(states)}"
    yield ""


def _rows(draft: MappingDraft) -> Iterator[str]:
    for name, (table, fixed) in draft.rows.items():
        in_force = any(line.rule and line.rule.into == name for line in draft.of_kind("mapped"))
        mark = "" if in_force else "# "
        yield f"{mark}[rows.{name}]"
        yield f"{mark}table = {_text(table)}"
        if fixed:
            yield f"{mark}set = {_table(fixed)}"
        yield ""


def _block(line: DraftLine, draft: MappingDraft, usual: str) -> Iterator[str]:
    if line.kind == "mapped" and line.rule is not None:
        yield f"[[map]]  # {line.confidence:.2f}"
        yield from _rule(line, line.rule, usual)
    elif line.kind == "asked" and line.rule is not None:
        yield f"# ? {line.confidence:.2f}  {_question(line, draft)}"
        yield from (f"# {text}" for text in ("[[map]]", *_rule(line, line.rule, usual)))
    else:
        yield f"# ? {line.confidence:.2f}  {_question(line, draft)}"
        reason = line.reason or "say here why it is left out"
        yield from (f"# {text}" for text in ("[[ignore]]", f"from = {_text(line.source)}", f"reason = {_text(reason)}"))
    yield ""


def _leave_rows(draft: MappingDraft) -> Iterator[str]:
    """Rows that seem to be deleted ones as a proposal."""
    for column, texts in draft.deleted.items():
        yield f"# ? Rows may have been deleted in the old program where {_comment(column)} says so. To leave them out:"
        yield "# [[leave_rows]]"
        yield f"# when = {{ {_text(column)} = {_texts(texts)} }}"
        yield '# reason = "deleted in the old system"'
        yield ""


def _write_also(also: AlsoDraft, usual: str) -> Iterator[str]:
    """Another form as a proposal: all of it is a comment."""
    yield f"# ? The same rows may also make {also.form}: {_comment(', '.join(also.needs))} belong there."
    yield f"# [also.{also.name}]"
    yield f"# form = {_text(also.form)}"
    yield f"# needs = {_texts(also.needs)}"
    for rule in (*also.keys, *also.own):
        yield f"# [[also.{also.name}.map]]  # {rule.confidence:.2f}"
        yield from (f"# {text}" for text in _rule(rule, rule.rule, usual))
    yield ""


def _rule(line: DraftLine | AlsoRule, rule: DraftRule, usual: str) -> Iterator[str]:
    yield f"from = {_text(line.source)}"
    if rule.into:
        yield f"into = {_text(rule.into)}"
    yield f"to = {_text(rule.to) if isinstance(rule.to, str) else _table(rule.to)}"
    yield f"clean = {_text(rule.clean)}"
    if line.encoding != usual:
        yield f"encoding = {_text(line.encoding)}"
    if rule.date_format:
        yield f"date_format = {_text(rule.date_format)}"
    if rule.unlisted:
        yield from _values(rule)


def _values(rule: DraftRule) -> Iterator[str]:
    known = code_lists().get(rule.codes)
    values = act_list().values if rule.codes == "act" else known.values if known else ()
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    yield f"# What its codes stand for, each one of: {_comment(', '.join(values[:_SHOWN]))}{more}"
    yield f"# values = {_table(dict.fromkeys(rule.unlisted, '?'))}"


def _table(pairs: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_key(k)} = {_text(v)}" for k, v in pairs.items()) + " }"


def _key(name: str) -> str:
    return name if name and all(c.isascii() and (c.isalnum() or c in "_-") for c in name) else _text(name)


def _texts(texts: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"


def _text(text: str) -> str:
    """A TOML basic string."""
    # The escapes of JSON are those of TOML, but for one character that TOML wants escaped, too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    """Text that may stand in a comment: in one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
