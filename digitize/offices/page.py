"""The report as one HTML file that stands alone: no other file, no request, no cookie; it prints on A4 landscape."""

from __future__ import annotations

import base64
import hashlib
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from markupsafe import Markup

from digitize import __version__
from digitize.machine.exit_texts import escape_shown
from digitize.machine.font_files import OWN, font_rule
from digitize.offices.charts import draw_burn_up
from digitize.offices.exchange_dates import ExchangeDays, list_exchange_days
from digitize.offices.exporting import definition_of
from digitize.offices.figures import QUALITIES, WAYS, Figure, list_figures, quality_of
from digitize.offices.flags import RaisedFlag, find_open_cuts
from digitize.offices.grades import GRADES, SIGNS, count_in_scope, count_inventoried, grade_of, rank_states
from digitize.offices.history import Projection
from digitize.offices.lag import Lag, find_first_and_last, find_lags
from digitize.offices.measures import BANDS, STAGES
from digitize.offices.merge import merge_effort
from digitize.offices.numbers import find_interval, format_hundredths, format_percent, group_digits
from digitize.offices.outline import Outline
from digitize.offices.page_data import as_script, make_page_data
from digitize.offices.picture import NationalPicture, Oddity
from digitize.offices.refusal import translate_flag
from digitize.offices.rollup import ReportedPlace, display_name
from digitize.offices.shape import PILLARS, Statement
from digitize.offices.shape_quality import Share
from digitize.offices.states import CLASSES, shown_states
from digitize.offices.words import Words
from mappers.languages import load_languages

if TYPE_CHECKING:
    from jinja2 import Environment
from typing import Any

from digitize.offices.quality_sheet import QualityLine, list_quality, sum_profiles
from digitize.offices.service_sheet import ServiceLine, list_services

COLUMNS = ("expected", "records", "in_review", "rejected", "validated", "loaded", "pages")
_FIRST = ("expected", "records", "loaded")
"""The columns of the table that are seen before more are asked for; printed and saved are all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One part of the place in the table of all parts. rank, change: None where there is none.

    lowered: ISO day on which less was expected than before, "" where that never was; ends: see `Projection`; doubts:
    open flags and contradictions; cut: why it has no grade and no end, in words, "" where that is not so.
    """

    place: ReportedPlace
    name: str
    grade: str
    rank: int | None
    change: int | None
    lowered: str = ""
    ends: Projection | None = None
    lag: Lag | None = None
    doubts: int = 0
    cut: str = ""


def render_page(picture: NationalPicture, words: Words, outline: Outline | None) -> str:
    """The whole file. outline: of the states, for the nation's page."""
    root = picture.root
    rows = _make_rows(picture, words)
    reports = [x.report for x in ([root] if root.report else root.parts) if x.report]
    return (
        template_environment()
        .get_template("report.html")
        .render(
            p=picture,
            root=root,
            t=words,
            rows=rows,
            by_code={r.place.code: r for r in rows},
            by_name={r.place.code: r.name for r in rows},
            outline=outline,
            names={s.names["en"]: s.names[words.language] for s in shown_states().values()},
            shown=shown_states(),
            classes=CLASSES,
            grades=GRADES,
            signs=SIGNS,
            stages=STAGES,
            bands=BANDS,
            pillars=PILLARS,
            ways=WAYS,
            columns=COLUMNS,
            columns_first=_FIRST,
            qualities=QUALITIES,
            quality=quality_of(root),
            figures={f.name: f for f in list_figures(root)},
            defined=list(_list_defined(root)),
            missing=[r.name for r in rows if r.place.counts is None],
            title=_make_title(picture, words),
            cut=_write_cut(root, picture, words),
            cut_names=[r.name for r in rows if r.cut],
            chart=_draw_chart(picture, words),
            told_days=find_first_and_last(root),
            interval=_format_interval,
            protected_gone=_count_withdrawn(root),
            reporting=format_reporting(picture, words),
            grade_of=grade_of,
            scope_of=count_in_scope,
            inventoried=count_inventoried,
            day=lambda d: format_day(d, words),
            odd=lambda o: _format_oddity(o, picture, words),
            links=list(_list_links(rows, root, words)),
            ranked=_group_by_rank(rows),
            definition=lambda name: definition_of(name, words),
            statements={r.place.code: r.place.report.snapshot.statement for r in rows if r.place.report},
            stated_days=max(((picture.day - x.as_on).days for x in _list_statements(root)), default=0),
            own_statement=root.report.snapshot.statement if root.report else None,
            effort=merge_effort([told.snapshot.effort for told in reports]),
            told=reports,
            software=f"cctns-digitize {__version__}",
            data=as_script(make_page_data(picture, words, display_name(root, words), _sentences_by_state(rows, words))),
            css=make_style(words),
            js=_read_part("page.js"),
            policy=Markup(make_security_policy()),
            **sheet_values(picture, words),
        )
    )


def render_login(words: Words, *, is_wrong: bool) -> str:
    """The page that asks for an access token. is_wrong: the one just given does not hold."""
    return template_environment().get_template("asking.html").render(t=words, is_wrong=is_wrong, css=make_style(words))


@cache
def make_security_policy() -> str:
    """The content security policy of a page: its own style, its own script and no other, nothing from anywhere."""
    digest = hashlib.sha256(_read_part("page.js").encode("utf-8")).digest()
    # The script by its hash, so that text that got into the page cannot run.
    # 'unsafe-inline' is for styles alone: bars have their widths in style attributes.
    own = base64.b64encode(digest).decode("ascii")
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{own}'; img-src data:; font-src data:"


@cache
def template_environment() -> Environment:
    """Where the templates are found; a misspelt name in one is an error, not an empty place in a report."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("digitize.offices", "html"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=escape_shown,
    )  # fmt: skip
    made.filters |= {"grouped": group_digits, "lookup": lambda code, names: names.get(code, code)}
    made.globals |= {"percent": format_percent, "hundredths": format_hundredths}
    return made


def make_style(words: Words) -> Markup:
    """The page's style with the font of its language, where it is not in Latin letters: a machine may lack it."""
    script = load_languages()[words.language].script
    own = "" if script == "Latn" else font_rule(script)
    return Markup(own) + _read_part("page.css").replace("OWN-SCRIPT", f"{OWN}{script}")


@cache
def _read_part(name: str) -> Markup:
    return Markup((resources.files("digitize.offices") / "html" / name).read_text(encoding="utf-8"))


def _make_title(picture: NationalPicture, words: Words) -> str:
    root = picture.root
    return (
        words("ui.title_nation") if root.level == "nation" else words("ui.title_place", name=display_name(root, words))
    )


def _make_rows(picture: NationalPicture, words: Words) -> list[Row]:
    root = picture.root
    placed = rank_states(root.parts) if root.level == "nation" else {}
    doubts = Counter([c.code for c in picture.against] + [f.reporter for f in picture.raised if f.answer is None])
    lowered = {f.reporter: f.last for f in picture.raised if f.flag.code == "expected-fell"}
    lag = picture.lag or find_lags(root, picture.ends, picture.limits.silent_days, ()) if root.level == "nation" else {}
    rows = [
        Row(
            p, display_name(p, words), grade_of(p), placed.get(p.code), picture.changes.get(p.code),
            lowered.get(p.code, "") if root.level == "nation" else "",
            picture.ends.get(p.code) if root.level == "nation" else None,
            lag.get(p.code), doubts[p.code], _write_cut(p, picture, words),
        )
        for p in root.parts
    ]  # fmt: skip
    # The slowest first; districts as they come.
    order = {code: i for i, code in enumerate(lag)}
    return sorted(rows, key=lambda r: order.get(r.place.code, 0)) if lag else rows


def _write_cut(place: ReportedPlace, picture: NationalPicture, words: Words) -> str:
    """Why a place with an inventory has no grade and no end: by how much it was lowered, when, by which flag."""
    if not place.cut_on:
        return ""
    cuts = find_open_cuts(picture.raised)
    # The flags on a state's own page are those of its sites, and what is said of a district stands in one of them.
    own = [cuts[place.code]] if place.code in cuts else [f for f in cuts.values() if f.since == place.cut_on]
    told = "; ".join(f"{translate_flag(f.flag, words)} ({f.id})" for f in own)
    day = format_day(date.fromisoformat(place.cut_on), words)
    return words("ui.cut", name=display_name(place, words), day=day, told=told)


def _list_links(
    rows: list[Row], root: ReportedPlace, words: Words
) -> Iterator[tuple[str, str, Statement | None, ExchangeDays]]:
    """Name, code, statement and days of exchange of each state, of the state itself where it is the page's place."""
    for name, place in (
        [(r.name, r.place) for r in rows] if root.level == "nation" else [(display_name(root, words), root)]
    ):
        told = place.report.snapshot if place.report else None
        yield name, place.code, told.statement if told else None, list_exchange_days(told)


def _group_by_rank(rows: list[Row]) -> dict[str, list[Row]]:
    """Class -> its states by rank, those without one last."""
    # On a state's page the rows are districts, which have no class.
    codes = {r.place.code for r in rows} & set(shown_states())
    return {
        group: sorted(
            (r for r in rows if r.place.code in codes and shown_states()[r.place.code].group == group),
            key=lambda r: (r.rank is None, r.rank or 0, r.name),
        )
        for group in CLASSES
    }


def _draw_chart(picture: NationalPicture, words: Words) -> Markup | None:
    if len(picture.points) < 2:
        return None
    names = {n: words(f"measure.{n}") for n in ("expected", "records", "loaded")}
    names["of_expected"] = words("ui.burn_up_loaded")
    has_inventory = any(p.counts.expected is not None for p in picture.points)
    alt = words("ui.burn_up_alt" if has_inventory else "ui.burn_up_alt_all")
    return draw_burn_up(picture.points, picture.projection, names, alt)


def _list_statements(root: ReportedPlace) -> list[Statement]:
    told = [p.report.snapshot.statement for p in root.parts if p.report]
    return [s for s in told if s is not None]


def _sentences_by_state(rows: list[Row], words: Words) -> dict[str, list[str]]:
    """Code of a state -> its name, and what its own page says first: why, since when, the trend, the end."""
    return {r.place.code: [r.name, *_write_sentences(r, words)] for r in rows if r.lag is not None}


def _write_sentences(r: Row, words: Words) -> Iterator[str]:
    x = r.lag
    if x is None:
        return
    waiting = f": {words('ui.waiting', n=group_digits(x.records))}" if x.records else ""
    yield f"{words('ui.why')}: {words(f'cause.{x.cause}')}{waiting}"
    if x.since:
        yield f"{words('ui.since_when')}: {format_day(date.fromisoformat(x.since), words)}"
    yield f"{words('ui.trend')}: {words(f'trend.{x.trend}')}"
    if x.ends.first and x.ends.last:
        ends = f"{format_day(x.ends.first, words)} – {format_day(x.ends.last, words)}"
    else:
        ends = words(f"end.{x.ends.why}")
    yield f"{words('ui.ends')}: {ends}"


def _format_interval(share: Share) -> str:
    # The lower end is rounded down as the share beside it, the upper one up: the share lies within its own interval.
    low, high = find_interval(share.part, share.of)
    return f"{int(10_000 * low) / 100:.2f} – {math.ceil(round(10_000 * high, 6)) / 100:.2f} %"


def _count_withdrawn(root: ReportedPlace) -> int:
    """Of how many FIRs more it is told whether they are under protected sections than there are with known sections.

    Groups are closed for ever; what they tell of may be withdrawn or replaced later.
    """
    return sum(
        max(0, d.protected.of + (d.protected.not_known or 0) - d.by.get("form", {}).get("iif1", (0,))[0])
        for d in root.each_of_level("district")
        if d.protected.of is not None
    )


def _list_defined(root: ReportedPlace) -> list[Figure]:
    return [f for f in list_figures(root) if not f.name.startswith(("stations_begun_", "stations_complete_"))]


def _format_oddity(o: Oddity, picture: NationalPicture, words: Words) -> str:
    if o.code == "stalled":
        return words("ui.stalled_text", n=group_digits(o.count), days=picture.limits.stalled_days, names=o.text)
    if o.code == "sites-silent":
        days = picture.limits.silent_days
        return f"{words('watch.sites-silent', n=group_digits(o.count), days=days)} ({_format_sites(o, words)})"
    if o.code == "silent":
        return words("ui.silent_text", day=format_day(date.fromisoformat(o.text), words))
    if o.code == "no-report":
        return words("ui.no_report_text")
    if o.against is not None:
        return o.against.text(words, shown_states()[o.against.code].names[words.language])
    if o.flag is None:
        return o.text
    told = translate_flag(o.flag, words)
    if o.raised is not None:
        return f"{told or o.text} ({_format_since(o.raised, words)})"
    if not o.refused_on:
        return told or o.text
    refused = words("ui.refused_text", day=format_day(date.fromisoformat(o.refused_on), words))
    return f"{told}; {refused}" if told else refused


def format_reporting(picture: NationalPicture, words: Words) -> str:
    """How many states have reported."""
    n, all_ = len(picture.reporting), len(picture.root.parts)
    return words("ui.reporting_1", all=all_) if n == 1 else words("ui.reporting", n=n, all=all_)


def _format_sites(o: Oddity, words: Words) -> str:
    """The sites of an oddity that are named, and how many more there are."""
    more = o.count - len(o.text.split(", "))
    return f"{o.text} {words('watch.and_more', n=group_digits(more))}" if more else o.text


def _format_since(raised: RaisedFlag, words: Words) -> str:
    """Since when a flag stands there, how it is answered, or what was answered."""
    since = format_day(date.fromisoformat(raised.since), words)
    if raised.answer is None:
        return words("ui.flag_open", day=since, id=raised.id)
    said = format_day(date.fromisoformat(raised.answer.at[:10]), words)
    return words("ui.flag_answered", day=since, said=said, reason=raised.answer.reason)


def format_day(day: date, words: Words) -> str:
    """31 October 2026, in the language of the page."""
    return words.day(day)


FIVE_PILLARS = ("police", *PILLARS)


def sheet_values(picture: NationalPicture, words: Words) -> dict[str, Any]:
    """Values of the page's template."""
    root = picture.root
    lines = list(list_quality(root, picture.raised))
    profiles, profiles_untold = sum_profiles(root)
    services = list_services(root)
    return {
        "services": {pillar: [x for x in services if x.service.pillar == pillar] for pillar in FIVE_PILLARS},
        "services_by_state": _services_by_state(picture, services),
        "quality_all": [x for x in lines if not x.form],
        "quality_forms": [x for x in lines if x.form and x.place is root],
        "quality_by_state": [x for x in lines if x.form and x.place is not root],
        "profiles": profiles, "profiles_untold": profiles_untold,
        "right": lambda x: _accuracy_text(x, words),
    }  # fmt: skip


def _services_by_state(picture: NationalPicture, of_root: list[ServiceLine]) -> dict[str, list[ServiceLine]]:
    root = picture.root
    return {p.code: list_services(p) for p in root.parts} if root.level == "nation" else {root.code: of_root}


def _accuracy_text(x: QualityLine, words: Words) -> str:
    """The audited accuracy with its interval, or that nobody audits."""
    if x.right_of is None or x.interval is None:
        return words("ui.not_audited")
    (right, of), (low, high) = x.right_of, x.interval
    # Rounded down, and in whole numbers: 98.996 % is not 99, and 57 of 100 are not 56.99 %.
    least, most = (int(10_000 * n) / 100 for n in (low, high))
    return f"{format_hundredths(right, of)} ({least:.2f} – {most:.2f})"
