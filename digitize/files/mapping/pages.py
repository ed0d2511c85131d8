"""A mapping in words for printing: text, Markdown or HTML, with a signature line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

from digitize.machine.exit_texts import escape
from mappers.explain import Destination, Explained, ExplainedForm, ExplainedLeftRows, ExplainedRule

PageKind = Literal["text", "md", "html"]
_HEAD = ("Column", "What it is", "Goes to", "How it is read", "Only if; codes")
_GENERAL = (
    "An empty cell leaves its field empty.",
    "What cannot be read surely gives no value: the text of the source stays beside the field, and a person is asked.",
    "A code that is not listed here or in the field's list gives no value either; nothing is guessed or filled in.",
    "A column that is not named on this page is reported as left over with every record.",
)
_WIDTH = 100
_SIGNATURE = "Checked against the register by: ____________________  Rank: ____________  Date: ____________"
_STYLE = (
    "body{font:11pt/1.4 sans-serif;margin:2em}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}"
    "@media print{body{margin:0}tr{break-inside:avoid}}"
)


@dataclass(frozen=True)
class _Part:
    """A heading with a table or list."""

    title: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()


def make_page(explained: Explained, kind: PageKind) -> str:
    """The page of one mapping."""
    title = f"{explained.title} ({explained.id}, version {explained.version})"
    parts = list(_parts(explained))
    return {"text": _as_text, "md": _as_markdown, "html": _as_html}[kind](title, parts)


def rule_cells(rule: ExplainedRule) -> tuple[str, ...]:
    """One rule as table cells."""
    doubt = f" Where it is not sure: {rule.words.doubt}." if rule.words.doubt else ""
    font = f" The column is stored in {rule.encoding}." if rule.encoding else ""
    spare = " Only where no other column fills the field." if rule.is_spare else ""
    to = "; ".join(map(_field, rule.to))
    who = rule.to[0].who
    how = f"{rule.words.how[:1].upper()}{rule.words.how[1:]}."
    return (
        rule.source,
        rule.words.what,
        f"{who}: {to}" if who else to,
        f"{how}{doubt}{font}{spare}",
        _conditions(rule),
    )


def _conditions(rule: ExplainedRule) -> str:
    said = [f"only if {_is_one_of(column, texts)}" for column, texts in rule.when.items()]
    if rule.values:
        codes = ", ".join(f"{c} = {v.replace('_', ' ') or '(says nothing)'}" for c, v in rule.values.items())
        said.append(f"codes: {codes}; any other gives no value")
    if rule.nulls:
        said.append(f"counts as empty: {', '.join(rule.nulls)}")
    return "; ".join(said)


def _is_one_of(column: str, texts: Sequence[str]) -> str:
    return f"{column} is {' or '.join(t or '(empty)' for t in texts)}"


def _parts(explained: Explained) -> Iterator[_Part]:
    if explained.states:
        yield _Part("For", lines=(", ".join(s.upper() for s in explained.states),))
    for form in explained.forms:
        yield from _form_parts(form)
    if explained.ignored:
        rows = tuple(explained.ignored.items())
        yield _Part("Left out on purpose", ("Column", "Why"), rows)
    if explained.left_rows:
        rows = tuple((_which_rows(left), left.reason) for left in explained.left_rows)
        yield _Part("Rows that make no record", ("Which", "Why"), rows)
    yield _Part("In every case", lines=_GENERAL)


def _which_rows(left: ExplainedLeftRows) -> str:
    when = " and ".join(_is_one_of(column, texts) for column, texts in left.when.items())
    unless = " and ".join(_is_one_of(column, texts) for column, texts in left.unless.items())
    return ", ".join(said for said in (f"where {when}" if when else "", f"unless {unless}" if unless else "") if said)


def _form_parts(form: ExplainedForm) -> Iterator[_Part]:
    only = f", where {' or '.join(form.needs)} says something" if form.needs else ""
    only += "".join(f", only if {_is_one_of(column, texts)}" for column, texts in form.when.items())
    yield _Part(f"Each row makes: {form.title} ({form.form}){only}", _HEAD, tuple(map(rule_cells, form.rules)))
    if form.fixed:
        yield _Part("The same for every row", ("Field", "Value"), form.fixed)
    if form.missing:
        missing = tuple(f"{f'{d.who}: ' if d.who else ''}{_field(d)}" for d in form.missing)
        yield _Part("The form asks for these, and this source does not have them", lines=missing)


def _field(to: Destination) -> str:
    return f"{to.label} ({to.item})" if to.item else to.label


def _as_text(title: str, parts: Sequence[_Part]) -> str:
    out = [title, "=" * len(title), ""]
    for part in parts:
        out += [part.title, "-" * len(part.title)]
        for row in part.rows:
            out.append(row[0])
            named = [f"{name}: {cell}" for name, cell in zip(part.head[1:], row[1:], strict=True) if cell]
            out += [line for text in named for line in _wrap_text(text, "    ", "        ")]
        out += [line for text in part.lines for line in _wrap_text(text, "  - ", "    ")]
        out.append("")
    return "\n".join([*out, _SIGNATURE]) + "\n"


def _wrap_text(text: str, first: str, then: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False)


def _as_markdown(title: str, parts: Sequence[_Part]) -> str:
    out = [f"# {_md(title)}", ""]
    for part in parts:
        out += [f"## {_md(part.title)}", ""]
        if part.rows:
            out += [_md_row(part.head), _md_row(["---"] * len(part.head)), *(_md_row(map(_md, r)) for r in part.rows)]
        out += [f"- {_md(line)}" for line in part.lines]
        out.append("")
    return "\n".join([*out, _SIGNATURE]) + "\n"


def _md_row(cells: Iterator[str] | Sequence[str] | map[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _md(text: str) -> str:
    # The & first, or it would spell the codes anew that the others bring.
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")


def _as_html(title: str, parts: Sequence[_Part]) -> str:
    out = [f"<!doctype html><html><head><meta charset='utf-8'><title>{escape(title)}</title>"]
    out += [f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>"]
    for part in parts:
        out.append(f"<h2>{escape(part.title)}</h2>")
        if part.rows:
            rows = ["".join(f"<td>{escape(c)}</td>" for c in row) for row in part.rows]
            head = "".join(f"<th>{escape(h)}</th>" for h in part.head)
            out.append(f"<table><tr>{head}</tr>{''.join(f'<tr>{r}</tr>' for r in rows)}</table>")
        if part.lines:
            out.append(f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in part.lines)}</ul>")
    return "\n".join([*out, f"<p>{escape(_SIGNATURE)}</p></body></html>"]) + "\n"
