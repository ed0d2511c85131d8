"""What changed, as text and as a page for each State's nodal officer, and one for the nation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from digitize.machine.whole_file import WholeFile
from digitize.offices.numbers import format_percent, group_digits
from digitize.offices.page import format_day, make_style, template_environment
from digitize.offices.refusal import translate_flag
from digitize.offices.rollup import display_name
from digitize.offices.week import TOPICS, WatchedChange, WatchedState
from digitize.offices.words import Words

NATION = "in"


def write_watch(states: Sequence[WatchedState], days: tuple[date, date], folder: Path, words: Words) -> list[Path]:
    """Write CODE.txt and CODE.html for each State, and in.txt and in.html for the nation. days: since, and up to.

    Raises OSError when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sheets = {NATION: states, **{s.code: [s] for s in states}}
    written = []
    for code, own in sorted(sheets.items()):
        title = words("watch.title", place=words("level.nation") if code == NATION else state_name(own[0], words))
        for suffix, text in (
            (".txt", _write_text(title, own, days, words)),
            (".html", _write_page(title, own, days, words)),
        ):
            path = folder / f"{code}{suffix}"
            file = WholeFile(path)
            file.write(text.encode("utf-8"))
            file.close()
            written.append(path)
    return written


def state_name(state: WatchedState, words: Words) -> str:
    """The State's name in the language of the page."""
    return display_name(state.now, words)


def _write_text(title: str, states: Sequence[WatchedState], days: tuple[date, date], words: Words) -> str:
    lines = [title, format_period(days, words), ""]
    for s in states:
        if len(states) > 1 and not s.changes:
            continue
        lines += (
            [f"{state_name(s, words)}: {format_standing(s, words)}", ""]
            if len(states) > 1
            else [format_standing(s, words), ""]
        )
        for topic, told in group_by_topic(s):
            lines += [f"  {words(f'watch.topic_{topic}')}"]
            lines += [f"  {'*' if c.is_new else '-'} {format_change(c, s, words)}" for c in told] + [""]
        if not s.changes:
            lines += [words("watch.nothing"), ""]
    if len(states) > 1:
        quiet = [state_name(s, words) for s in states if not s.changes]
        lines += [words("watch.quiet", names=", ".join(quiet)), ""] if quiet else []
    return "\n".join([*lines, words("watch.signs"), ""])


def _write_page(title: str, states: Sequence[WatchedState], days: tuple[date, date], words: Words) -> str:
    return template_environment().get_template("watch.html").render(
        t=words, title=title, period=format_period(days, words), states=states, css=make_style(words),
        name=lambda s: state_name(s, words), standing=lambda s: format_standing(s, words), by_topic=group_by_topic,
        sentence=lambda c, s: format_change(c, s, words), quiet=[state_name(s, words) for s in states if not s.changes],
    )  # fmt: skip


def group_by_topic(state: WatchedState) -> Iterator[tuple[str, list[WatchedChange]]]:
    """The topics of which there is something, each with its changes."""
    for topic in TOPICS:
        told = [c for c in state.changes if c.topic == topic]
        if told:
            yield topic, told


def format_period(days: tuple[date, date], words: Words) -> str:
    """From which day to which."""
    return words("watch.period", first=format_day(days[0], words), last=format_day(days[1], words))


def format_standing(s: WatchedState, words: Words) -> str:
    """How many records are loaded now, and how many more than before."""
    now, before = s.now.net, s.before.net
    if now is None:
        return words("ui.no_report")
    loaded = group_digits(now.loaded)
    if before is None:
        return words("watch.standing_first", n=loaded)
    grown = now.loaded - before.loaded
    return words("watch.standing", n=loaded, more=f"{'+' if grown >= 0 else ''}{group_digits(grown)}")


def format_change(c: WatchedChange, s: WatchedState, words: Words) -> str:
    """One change in words."""
    if c.raised is not None:
        told = translate_flag(c.raised.flag, words) or words.translate("odd", c.raised.flag.code)
        return words("watch.flagged", text=told, day=_format_day(c.raised.since, words), id=c.raised.id)
    if c.against is not None:
        text = c.against.text(words, state_name(s, words))
        return words("watch.no-more-contradicted", text=text) if c.kind == "no-more-contradicted" else text
    values = {k: group_digits(v) if isinstance(v, int) else v for k, v in c.values.items()}
    if "day" in values:
        values["day"] = _format_day(values["day"], words)
    if "measure" in values:
        values["measure"] = words(f"measure.{values['measure']}")
    if "what" in values:
        form = f" ({words.translate('form', values['form'])})" if values["form"] else ""
        values["what"] = f"{words('figure.' + values['what'])}{form}"
    for share, part, of in (("share", "part", "of"), ("share_before", "before", "before_of")):
        if of in c.values:
            values[share] = format_percent(int(c.values[part]), int(c.values[of])) if c.values[of] else "–"
    text = words(f"watch.{c.kind}", **values) if values else words(f"watch.{c.kind}")
    more = int(c.values.get("n", 0)) - len(c.names)
    names = ", ".join(c.names) + (f" {words('watch.and_more', n=group_digits(more))}" if more > 0 else "")
    return f"{text} ({names})" if c.names else text


def _format_day(text: str, words: Words) -> str:
    return format_day(date.fromisoformat(text), words)
