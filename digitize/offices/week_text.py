"""What changed, as text and as a page for each State's nodal officer, and one for the nation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from digitize.machine.whole_file import WholeFile
from digitize.offices.numbers import grouped, percent
from digitize.offices.page import day_text, environment, page_style
from digitize.offices.refusal import say
from digitize.offices.rollup import shown_name
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
        title = words("watch.title", place=words("level.nation") if code == NATION else name_of(own[0], words))
        for suffix, text in ((".txt", _text(title, own, days, words)), (".html", _page(title, own, days, words))):
            path = folder / f"{code}{suffix}"
            file = WholeFile(path)
            file.write(text.encode("utf-8"))
            file.close()
            written.append(path)
    return written


def name_of(state: WatchedState, words: Words) -> str:
    """The State's name in the language of the page."""
    return shown_name(state.now, words)


def _text(title: str, states: Sequence[WatchedState], days: tuple[date, date], words: Words) -> str:
    lines = [title, period(days, words), ""]
    for s in states:
        if len(states) > 1 and not s.changes:
            continue
        lines += [f"{name_of(s, words)}: {standing(s, words)}", ""] if len(states) > 1 else [standing(s, words), ""]
        for topic, told in by_topic(s):
            lines += [f"  {words(f'watch.topic_{topic}')}"]
            lines += [f"  {'*' if c.is_new else '-'} {sentence(c, s, words)}" for c in told] + [""]
        if not s.changes:
            lines += [words("watch.nothing"), ""]
    if len(states) > 1:
        quiet = [name_of(s, words) for s in states if not s.changes]
        lines += [words("watch.quiet", names=", ".join(quiet)), ""] if quiet else []
    return "\n".join([*lines, words("watch.signs"), ""])


def _page(title: str, states: Sequence[WatchedState], days: tuple[date, date], words: Words) -> str:
    return environment().get_template("watch.html").render(
        t=words, title=title, period=period(days, words), states=states, css=page_style(words),
        name=lambda s: name_of(s, words), standing=lambda s: standing(s, words), by_topic=by_topic,
        sentence=lambda c, s: sentence(c, s, words), quiet=[name_of(s, words) for s in states if not s.changes],
    )  # fmt: skip


def by_topic(state: WatchedState) -> Iterator[tuple[str, list[WatchedChange]]]:
    """The topics of which there is something, each with its changes."""
    for topic in TOPICS:
        told = [c for c in state.changes if c.topic == topic]
        if told:
            yield topic, told


def period(days: tuple[date, date], words: Words) -> str:
    """From which day to which."""
    return words("watch.period", first=day_text(days[0], words), last=day_text(days[1], words))


def standing(s: WatchedState, words: Words) -> str:
    """How many records are loaded now, and how many more than before."""
    now, before = s.now.counts, s.before.counts
    if now is None:
        return words("ui.no_report")
    loaded = grouped(now.loaded)
    if before is None:
        return words("watch.standing_first", n=loaded)
    grown = now.loaded - before.loaded
    return words("watch.standing", n=loaded, more=f"{'+' if grown >= 0 else ''}{grouped(grown)}")


def sentence(c: WatchedChange, s: WatchedState, words: Words) -> str:
    """One change in words."""
    if c.raised is not None:
        told = say(c.raised.flag, words) or words.of("odd", c.raised.flag.code)
        return words("watch.flagged", text=told, day=_day(c.raised.since, words), id=c.raised.id)
    if c.against is not None:
        text = c.against.text(words, name_of(s, words))
        return words("watch.no-more-contradicted", text=text) if c.kind == "no-more-contradicted" else text
    values = {k: grouped(v) if isinstance(v, int) else v for k, v in c.values.items()}
    if "day" in values:
        values["day"] = _day(values["day"], words)
    if "measure" in values:
        values["measure"] = words(f"measure.{values['measure']}")
    if "what" in values:
        form = f" ({words.of('form', values['form'])})" if values["form"] else ""
        values["what"] = f"{words('figure.' + values['what'])}{form}"
    for share, part, of in (("share", "part", "of"), ("share_before", "before", "before_of")):
        if of in c.values:
            values[share] = percent(int(c.values[part]), int(c.values[of])) if c.values[of] else "–"
    text = words(f"watch.{c.kind}", **values) if values else words(f"watch.{c.kind}")
    more = int(c.values.get("n", 0)) - len(c.names)
    names = ", ".join(c.names) + (f" {words('watch.and_more', n=grouped(more))}" if more > 0 else "")
    return f"{text} ({names})" if c.names else text


def _day(text: str, words: Words) -> str:
    return day_text(date.fromisoformat(text), words)
