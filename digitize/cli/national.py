"""`digitize national`: run the national office: receive and report on states."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.cli.national_watch import watch_command
from digitize.cli.office_flags import flag_commands
from digitize.cli.offices import (
    AsOn,
    Dir,
    Lang,
    SilentAfter,
    StoreAt,
    add_command,
    day_of,
    heads_command,
    key_commands,
    language_of,
    report_command,
    verify_command,
)
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from datetime import date

    from digitize.offices.answer import AnswerSheet
    from digitize.offices.office import Office
    from digitize.offices.picture import Limits, NationalPicture
    from digitize.offices.words import Words

PANEL = "State and nation", 40

national = typer.Typer(name="national", help="Receive and report what the states send.", no_args_is_help=True)
_DIR = Path("national")


def _open(folder: Path) -> Office:
    """The national office's folder, created if missing; it needs no settings."""
    from digitize.offices.office import create_office, is_office, open_office

    return open_office(folder, "nation") if is_office(folder) else create_office(folder, "nation", "in")


@national.callback()
def _group() -> None:
    """Collect and report what the states send."""


@national.command()
def init(folder: Dir = _DIR, store: StoreAt = "", json: Json = False) -> None:
    """Make the office's folder, with a key that signs the head of its history."""
    from digitize.offices.office import create_office

    office = create_office(folder, "nation", "in", store)
    public = office.key.with_suffix(".pub").read_text(encoding="ascii").strip()
    if json:
        print_json({"folder": str(folder), "key": public})
        return
    say(f"National office made in {folder}. Its key: {public}")
    say("Next: digitize national keys add STATE KEY for each state (its keys/office.pub), then national add FILE...")


national.command()(add_command(_open, _DIR, "states"))


@national.command()
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="SNAPSHOT...", help="Files, or folders of .snapshot files.")],
) -> None:
    """Check files without keys or history, for authors of other software."""
    from digitize.offices.receive import check_file, find_files

    for path in find_files(paths):
        snapshot = check_file(path)
        say(f"{path}: {snapshot.reporter} on {snapshot.as_on}, {snapshot.totals.records:,} records; valid.")


@national.command()
def status(
    folder: Dir = _DIR,
    as_on: AsOn = "",
    silent_after: SilentAfter = None,
    json: Json = False,
) -> None:
    """Show each state's progress, which are silent, and what was flagged or refused."""
    from digitize.offices.exporting import as_plain
    from digitize.offices.grades import SIGNS, grade_of, share_of
    from digitize.offices.numbers import format_percent, group_digits
    from digitize.offices.page import format_reporting
    from digitize.offices.picture import Limits, make_national_picture
    from digitize.offices.words import load_words

    picture = make_national_picture(_open(folder), day_of(as_on), Limits.from_days(silent_after))
    words = load_words("en")
    if json:
        print_json(as_plain(picture, words, "state"))
        return
    rows = []
    for p in picture.root.parts:
        c, g = p.counts, grade_of(p)
        # Without an inventory, or with one of 0, there is no share.
        share = format_percent(*share_of(p)) if c and c.expected else ""
        known = [group_digits(c.loaded), group_digits(c.records)] if c else ["", ""]
        last = p.report.snapshot.as_on.isoformat() if p.report else ""
        rows.append([p.code, p.name, f"{SIGNS[g]} {words(f'grade.{g}')}", share, *known, last])
    head = ["", "state", "grade", "share", "loaded", "records", "snapshot of"]
    results().print(table(f"States on {picture.day}", head, rows))
    # Of a state that did not report the table says so.
    for o in (o for o in picture.oddities if o.code != "no-report"):
        said = ": ".join(text for text in (words.translate("odd", o.code), o.where, o.text) if text)
        results().print(said, markup=False, soft_wrap=True)
    say(format_reporting(picture, words) + ".")


def _picture(office: Office, day: date, limits: Limits) -> NationalPicture:
    from digitize.offices.picture import make_national_picture

    return make_national_picture(office, day, limits)


national.command()(report_command(_open, _DIR, _picture, "national report"))


@national.command()
def answer(
    folder: Dir = _DIR,
    as_on: AsOn = "",
    answered_on: Annotated[str, typer.Option(help="Day of the answer as YYYY-MM-DD (default: today).")] = "",
    basis: Annotated[str, typer.Option(help="Source of the numbers: snapshots, published, or auto.")] = "auto",
    lang: Lang = "en",
    accept_contradictions: Annotated[
        str,
        typer.Option(
            metavar="REASON",
            help="Print it although ledgers contradict it; give the reason, which is recorded and printed.",
        ),
    ] = "",
    operator: Annotated[str, typer.Option(help="Name of the person who accepts that; recorded.")] = "",
    json: Json = False,
) -> None:
    """Print parts (a) to (e) of a Parliament answer: a table and paragraphs in the official form.

    Figures that a ledger contradicts are marked and listed; exit code 3.
    """
    from digitize.errors import TooManyRefused
    from digitize.offices.answer import make_answer_sheet, record_acceptance
    from digitize.offices.picture import Limits, make_national_picture

    office, words = _open(folder), language_of(lang)
    picture = make_national_picture(office, day_of(as_on), Limits())
    sheet = make_answer_sheet(
        picture, day_of(answered_on, "--answered-on"), basis, words, " ".join(accept_contradictions.split())
    )
    if sheet.against and sheet.accepted:
        with office.store() as store:
            record_acceptance(store, sheet, operator)
    if json:
        print_json(sheet.as_plain())
    else:
        _print_answer(sheet, words, len(picture.root.parts))
    if not sheet.is_clean:
        against = pluralize(len(sheet.against), "statement is", "statements are")
        raise TooManyRefused(
            f'{against} contradicted by ledgers. Correct them, or print it with --accept-contradictions "reason".'
        )


def _print_answer(sheet: AnswerSheet, words: Words, states: int) -> None:
    say(words("answer.to_be", day=sheet.day), "")
    rows = [
        [
            n.part,
            n.what,
            _cell(n.snapshots),
            words("ui.of", part=n.said, whole=states),
            _cell(n.published),
            _cell(n.used),
        ]
        for n in sheet.lines
    ]
    head = [words(f"answer.{x}") for x in ("part", "number", "snapshots", "stated_by", "published", "printed")]
    results().print(table(words("answer.numbers_of", day=sheet.as_on), head, rows))
    say("", words("answer.head"), "")
    for part, text in sheet.paragraphs:
        say(f"{part}: {text}", "")
    if sheet.against:
        say(words("answer.against"), *(f"! {text}" for _, text in sheet.against))
        if sheet.accepted:
            say(words("answer.accepted", reason=sheet.accepted))
        say("")
    for remark in sheet.remarks:
        say(words("answer.note", text=remark))


def _cell(n: int | None) -> str:
    from digitize.offices.numbers import group_digits

    return "-" if n is None else group_digits(n)


national.command()(verify_command(_open, _DIR))
national.command()(heads_command(_open, _DIR))
national.command()(watch_command(_open, _DIR))
national.add_typer(key_commands(_open, _DIR, "state"))
national.add_typer(flag_commands(_open, _DIR))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(national)
