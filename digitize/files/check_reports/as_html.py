"""A self-contained HTML file: no other file, no network, no personal data; searchable and printable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from string import Template
from typing import TextIO

from digitize.files.check_reports.samples import Cap, Sample, describe_omitted, in_order, take_samples
from digitize.files.validating.case_files import CaseFiles
from digitize.files.validating.findings import FileFinding
from digitize.files.validating.report import CheckReport, Tally
from digitize.machine.exit_texts import escape
from validators.messages.texts import ENGLISH, HINDI

ENCODING = "utf-8"
_COLUMNS = ("where", "key", "field", "value", "rule", "severity", "what")
_EXAMPLES, _MOST_STATIONS = 5, 40
CAP = Cap(most=3000, of_a_rule=200, least=_EXAMPLES)


def write(report: CheckReport, out: TextIO) -> str:
    """See `Writer`. The table shows some 3,000 findings, rejections first, and 200 per rule that rejects nothing.

    It says what is left out.
    """
    samples = take_samples(report, CAP)
    shown, left = list(in_order(samples)), describe_omitted(samples)
    folder = resources.files("digitize.files.check_reports")
    parts = {name: (folder / f"page.{name}").read_text(encoding="utf-8") for name in ("html", "css", "js")}
    page = Template(parts["html"]).substitute(
        css=parts["css"],
        js=parts["js"],
        form=escape(report.form),
        files=escape(", ".join(report.files)),
        verdict=_verdict(report),
        facts="".join(_facts(report)) + _format_unknown(report),
        cases=_case_files(report.case_files),
        rules="".join(_rule(s, report.teller.language) for s in samples) or "<p>Every row is correct.</p>",
        years=_bars("Year", sorted(report.years.items())),
        stations=_bars("Station", _worst(report.stations)) + _count_not_shown(report.stations),
        count=len(shown),
        left=f"<p>{escape(left)}</p>" if left else "",
        rows="".join(_row(f, report) for f in shown),
        masked=_format_masked(report),
    )
    out.write(page)
    return left


def _verdict(report: CheckReport) -> str:
    rejected = report.findings.rejected_rows() if report.count("reject") else 0
    if not rejected:
        return '<p class="verdict good">No row is rejected.</p>'
    return f'<p class="verdict bad">{rejected:,} of {report.rows:,} rows are rejected.</p>'


def _facts(report: CheckReport) -> Iterable[str]:
    facts = {
        "rows checked": report.rows_checked,
        "rows unreadable": report.rows_unreadable,
        "rules asked": report.rules,
        "reject": report.count("reject"),
        "review": report.count("review"),
        "note": report.count("note"),
    }
    yield from (f"<div><dt>{name}</dt><dd>{number:,}</dd></div>" for name, number in facts.items())


def _other_of(language: str) -> str:
    return ENGLISH if language == HINDI else HINDI


def _format_unknown(report: CheckReport) -> str:
    """Rules not run for lack of information."""
    told = "; ".join(f"{escape(n.what)} ({escape(', '.join(n.rules))}: {escape(n.option)})" for n in report.not_told)
    return f"<div><dt>not checked</dt><dd><small>{told}</small></dd></div>" if told else ""


def _rule(sample: Sample, language: str) -> str:
    examples = "".join(f"<li>{_place(f)} {_cell(f.field)} {_cell(f.value)}</li>" for f in sample.findings[:_EXAMPLES])
    return (
        f'<details class="{sample.severity}" id="{sample.code}"><summary><b>{sample.code}</b> '
        f"<span>{escape(sample.message)}</span> <em>{sample.severity}</em> <strong>{sample.count:,}</strong></summary>"
        f'<p lang="{_other_of(language)}">{escape(sample.other)}</p><p>{escape(sample.do)}</p>'
        f"<p>{escape(sample.why)}</p><ul>{examples}</ul></details>"
    )


def _case_files(cases: CaseFiles) -> str:
    """How many records have errors, and how grave; a sentence and a table."""
    if not cases.count:
        return "<p>The files contain no records of their own.</p>"
    rows = {
        "case files": cases.count,
        "with errors": cases.with_errors,
        "errors of high impact": cases.high,
        "errors of low impact": cases.low,
        "above the agreed limit": cases.beyond,
    }
    facts = "".join(f"<div><dt>{name}</dt><dd>{number:,}</dd></div>" for name, number in rows.items())
    return (
        f"<p>{cases.error_rate:.2%} of the case files (a record with all its rows) have a field that is rejected "
        f"or needs review. The agreed limit for a case file is {cases.agreed_high} errors of high impact and "
        f"{cases.agreed_low} of low.</p>"
        f"<dl>{facts}</dl>"
    )


def _worst(tallies: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    """The stations with the most records rejected, these first."""
    return sorted(tallies.items(), key=lambda i: (-i[1].rejected, -i[1].rows, i[0]))[:_MOST_STATIONS]


def _count_not_shown(tallies: Mapping[str, Tally]) -> str:
    left = len(tallies) - _MOST_STATIONS
    return f"<p>{left:,} more, with fewer records rejected, are not shown.</p>" if left > 0 else ""


def _bars(name: str, tallies: Sequence[tuple[str, Tally]]) -> str:
    """A table with a bar in each row: how many records, and how many of them are rejected."""
    if not tallies:
        return "<p>The files contain no records of their own.</p>"
    longest = max(t.rows for _, t in tallies)
    rows = "".join(_bar(key, tally, longest) for key, tally in tallies)
    head = f'<tr><th scope="col">{name}</th><th scope="col">records</th><th scope="col">rejected</th><th></th></tr>'
    return f'<table class="bars"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _bar(key: str, tally: Tally, longest: int) -> str:
    good, bad = (100 * n / longest for n in (tally.rows - tally.rejected, tally.rejected))
    # Hidden from screen readers: its numbers stand beside it.
    bar = f'<div class="bar" aria-hidden="true"><i style="width:{bad:.2f}%"></i><b style="width:{good:.2f}%"></b></div>'
    return (
        f'<tr><th scope="row">{escape(key)}</th><td>{tally.rows:,}</td><td>{tally.rejected:,}</td><td>{bar}</td></tr>'
    )


def _row(f: FileFinding, report: CheckReport) -> str:
    advice = escape(report.advice(f))
    what = f'<span lang="{report.teller.language}">{escape(f.message)}<br><small>{advice}</small></span>'
    link = f'<a href="#{f.code}">{f.code}</a>'
    cells = (_place(f), _cell(f.key), _cell(f.field), _cell(f.value), link, f.severity, what)
    named = zip(_COLUMNS, cells, strict=True)
    return f'<tr class="{f.severity}">' + "".join(f'<td data-of="{n}">{c}</td>' for n, c in named) + "</tr>\n"


def _place(f: FileFinding) -> str:
    return escape(f"{f.file}:{f.line}" if f.line else f.file)


def _cell(text: str) -> str:
    """Text from the file, with its own direction so that Urdu does not reorder the row."""
    return f"<bdi>{escape(text)}</bdi>" if text else ""


def _format_masked(report: CheckReport) -> str:
    if report.unmasked:
        return f"Personal values are shown, for this reason: {escape(report.unmasked)}"
    return "Personal values are masked."
