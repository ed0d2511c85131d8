"""`digitize national watch`: changes since last week, for each State's nodal officer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.cli.offices import Dir, Lang, SilentAfter, day_of, language_of
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.offices.office import Office
    from digitize.offices.week import WatchedState

_WEEK = timedelta(days=7)


def watch_command(open_or_make: Callable[[Path], Office], default: Path) -> Callable[..., None]:
    """The command `watch` of the national office. default: of --dir."""

    def watch(
        out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for CODE.txt and CODE.html; in.*: all states.")],
        folder: Dir = default,
        since: Annotated[
            str, typer.Option(metavar="DAY", help="Compare with this day (default: one week earlier).")
        ] = "",
        day: Annotated[str, typer.Option(metavar="DAY", help="Use snapshots up to this day (default: today).")] = "",
        lang: Lang = "en",
        silent_after: SilentAfter = None,
        json: Json = False,
    ) -> None:
        """Write the changes: silent sites, counts that fell, quality, contradictions, flags; one file per State."""
        from digitize.errors import OptionsError
        from digitize.offices.picture import Limits, make_national_picture
        from digitize.offices.week import find_changes as compare
        from digitize.offices.week_text import write_watch

        last = day_of(day, "--day")
        first = day_of(since, "--since") if since else last - _WEEK
        if first >= last:
            raise OptionsError("--since must be a day before --day.")
        office, words, limits = open_or_make(folder), language_of(lang), Limits.from_days(silent_after)
        before, now = (make_national_picture(office, d, limits) for d in (first, last))
        states = compare(before, now)
        written = write_watch(states, (first, last), out, words)
        if json:
            print_json({"since": first.isoformat(), "day": last.isoformat(), "states": [_plain(s) for s in states]})
            return
        _say(states, first, last)
        say(f"{len(written)} files in {out}")

    return watch


def _say(states: list[WatchedState], first: date, last: date) -> None:
    new = [s for s in states if s.new]
    changes = pluralize(sum(s.new for s in new), "change")
    say(f"From {first} to {last}: {changes} in {len(new)} of {len(states)} States and UTs.")


def _plain(s: WatchedState) -> dict[str, object]:
    changes = [{"topic": c.topic, "kind": c.kind, "is_new": c.is_new, **c.values, "names": c.names} for c in s.changes]
    return {"code": s.code, "new": s.new, "changes": changes}
