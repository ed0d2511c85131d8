"""Commands shared by the state and national offices: add snapshots, keys, reporting status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.offices.office import Office
    from digitize.offices.picture import Limits, NationalPicture
    from digitize.offices.receive import Answer
    from digitize.offices.words import Words

Open = Callable[[Path], "Office"]
MakePicture = Callable[["Office", date, "Limits"], "NationalPicture"]
Dir = Annotated[Path, typer.Option("--dir", help="The office's folder.")]
Html = Annotated[Path | None, typer.Option("--html", metavar="OUT", help="Write one HTML file that works offline.")]
Pdf = Annotated[Path | None, typer.Option("--pdf", metavar="OUT", help="Write a PDF, with this machine's Chromium.")]
Csv = Annotated[
    Path | None,
    typer.Option("--csv", metavar="DIR", help="Write every figure with its definition, and all counts, as CSV."),
]
JsonFile = Annotated[Path | None, typer.Option("--json-file", metavar="OUT", help="Write the same as one JSON file.")]
AsOn = Annotated[str, typer.Option("--as-on", metavar="DAY", help="Use snapshots up to this day, YYYY-MM-DD.")]
SilentAfter = Annotated[
    int | None,
    typer.Option("--silent-after", min=1, help="Days without a snapshot after which a reporter counts as silent (45)."),
]
StoreAt = Annotated[
    str,
    typer.Option("--store", metavar="URL", help="Store what is received in this PostgreSQL database."),
]
Lang = Annotated[str, typer.Option("--lang", help="Language: en or hi.")]


def take(office: Office, paths: Sequence[Path], *, json: bool) -> None:
    """Add snapshots and report the result of each. Raises TooManyRefused if one was refused."""
    from digitize.errors import TooManyRefused
    from digitize.offices.receive import add_files, count_outcomes

    with office.store() as store:
        # The nation takes snapshots of any state.
        code = office.code if office.level == "state" else ""
        answers = add_files(store, office.receives, code, paths)
    counts = count_outcomes(answers)
    if json:
        print_json({**counts, "files": [_plain(a) for a in answers]})
    else:
        for a in answers:
            if a.word in ("refused", "flagged"):
                flags = "; ".join(f"{f.code}: {f.text}" for f in a.flags)
                results().print(f"{a.word}: {a.file}: {flags}", markup=False, soft_wrap=True)
        say(", ".join(f"{word} {n}" for word, n in counts.items()))
    # Last, when all that was good is in the store.
    if counts["refused"]:
        raise TooManyRefused(f"{counts['refused']} of {len(answers)} files were refused; all others were accepted.")


def _plain(a: Answer) -> dict[str, Any]:
    return {**asdict(a), "flags": [{"code": f.code, "text": f.text} for f in a.flags]}


def key_commands(open_or_make: Open, default: Path, who: str) -> typer.Typer:
    """The group `keys` of an office. default: of --dir; who: what a reporter is called here."""
    says = f"Manage keys: a {who}'s snapshots are accepted with its own keys only."
    group = typer.Typer(name="keys", help=says, no_args_is_help=True)

    @group.command()
    def add(
        reporter: Annotated[str, typer.Argument(help="Owner of the key: a state, e.g. mh, or a site, e.g. mh-pune.")],
        key: Annotated[str, typer.Argument(help="Public key: 64 hexadecimal digits or a .pub file.")],
        note: Annotated[str, typer.Option(help="Letter that brought the key, and its sender.")] = "",
        folder: Dir = default,
    ) -> None:
        """Accept a key."""
        _add_key(open_or_make(folder), reporter.lower(), key, note)

    @group.command()
    def revoke(
        key: Annotated[str, typer.Argument(help="Key, or at least its first eight digits.")],
        reason: Annotated[str, typer.Option(help="Reason; recorded.")],
        folder: Dir = default,
    ) -> None:
        """Revoke a key: no more snapshots under it; earlier ones stay."""
        _revoke_key(open_or_make(folder), key, reason)

    @group.command()
    def follow(
        reporter: Annotated[str, typer.Argument(help="Owner of the key.")],
        file: Annotated[
            Path, typer.Argument(help="File keys/succession.jsonl of the reporter.", exists=True, dir_okay=False)
        ],
        folder: Dir = default,
    ) -> None:
        """Accept a new key that the old one vouches for; the old one expires."""
        _follow_keys(open_or_make(folder), reporter.lower(), file)

    @group.command("list")
    def list_keys(folder: Dir = default, json: Json = False) -> None:
        """List all keys that were ever accepted."""
        _list_keys(open_or_make(folder), who, json=json)

    return group


def _add_key(office: Office, reporter: str, key: str, note: str) -> None:
    from digitize.offices.keys import add_key, read_public

    office.check_reporter(reporter)
    with office.store() as store:
        add_key(store, reporter, read_public(key), note)
    say(f"Snapshots of {reporter} signed with this key are accepted from now on.")


def _revoke_key(office: Office, key: str, reason: str) -> None:
    from digitize.offices.keys import revoke_key

    with office.store() as store:
        held = revoke_key(store, key, reason)
    say(f"The key {held.public[:16]}... of {held.reporter} is revoked; {held.reporter} needs a new one.")


def _follow_keys(office: Office, reporter: str, file: Path) -> None:
    from digitize.offices.origin import follow_keys

    with office.store() as store:
        taken = follow_keys(store, reporter, file)
    for told in taken:
        say(f"{reporter} signs with {told.new[:16]}... now; {told.old[:16]}... is revoked ({told.why}).")
    if not taken:
        say("Nothing new.")


def _list_keys(office: Office, who: str, *, json: bool) -> None:
    from digitize.offices.keys import known_keys

    with office.store() as store:
        held = sorted(known_keys(store).values(), key=lambda k: (k.reporter, k.since))
    if json:
        print_json({"keys": [asdict(k) for k in held]})
        return
    rows = [[k.reporter, k.public[:16] + "...", k.since[:10], k.revoked[:10] or "-", k.note] for k in held]
    results().print(table("Keys", [who, "key", "since", "revoked", "note"], rows))


def add_command(open_or_make: Open, default: Path, senders: str) -> Callable[..., None]:
    """The command `add` of an office. senders: who sends snapshots, such as "sites"."""

    def add(
        paths: Annotated[
            list[Path], typer.Argument(metavar="SNAPSHOT...", help="Files, or folders of .snapshot files.")
        ],
        folder: Dir = default,
        json: Json = False,
    ) -> None:
        take(open_or_make(folder), paths, json=json)

    add.__doc__ = f"Take in snapshots of {senders}; exit code 3 when one is refused (the others are taken)."
    return add


def report_command(open_or_make: Open, default: Path, picture_of: MakePicture, name: str) -> Callable[..., None]:
    """The command `report` of an office. picture_of: builds its content; name: of the report, for help."""

    def report(
        folder: Dir = default,
        html: Html = None,
        pdf: Pdf = None,
        csv: Csv = None,
        json_file: JsonFile = None,
        as_on: AsOn = "",
        lang: Lang = "en",
        silent_after: SilentAfter = None,
    ) -> None:
        from digitize.offices.picture import Limits

        picture = picture_of(open_or_make(folder), day_of(as_on), Limits.from_days(silent_after))
        say_written(write_report(picture, ReportFiles(html, pdf, csv, json_file, lang), folder))

    report.__doc__ = f"Write the {name}: one HTML file, PDF, CSV, JSON."
    return report


def verify_command(open_or_make: Open, default: Path) -> Callable[..., None]:
    """The command `verify` of an office. default: of --dir."""

    def verify(
        folder: Dir = default,
        heads: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE", exists=True, dir_okay=False, help="File with heads that another office holds of us."
            ),
        ] = None,
        json: Json = False,
    ) -> None:
        """Verify every file against its signature and its reporter's key at that time, and all heads; exit code 7 names
        the first that differs.
        """
        from digitize.offices.origin import read_heads, verify_origin

        held = read_heads(heads) if heads else []
        with open_or_make(folder).store() as store:
            found, mark = verify_origin(store, held), store.mark()
            lines = store.key_lines()
        if json:
            print_json({**asdict(found), "hash": mark, "key_changes": [asdict(x) for x in lines]})
            return
        say(
            f"{pluralize(found.files, 'file')}, unchanged since receipt; {found.signed} signed with keys valid at "
            "that time."
        )
        if found.unsigned:
            say(f"{found.unsigned} were received before signatures were stored: only their hashes were compared.")
        say(f"{found.keys} changes of keys, the last on {lines[-1].at[:10] if lines else '-'}. See: keys list")
        if held:
            say(f"All {found.held} heads that the other office holds are here.")
        say(f"Head {found.heads}: {mark or '-'}")

    return verify


def heads_command(open_or_make: Open, default: Path) -> Callable[..., None]:
    """The command `heads` of an office. default: of --dir."""

    def heads(
        out: Annotated[Path, typer.Option(metavar="FILE", help="File to write.")],
        reporter: Annotated[str, typer.Argument(help="Site, e.g. mh-pune, or state (default: our own history).")] = "",
        folder: Dir = default,
    ) -> None:
        """Write history heads for another office: our own, or those reported in a sender's snapshots.

        A site compares with ledger verify --heads, an office with state verify --heads or national verify --heads.
        """
        from digitize.machine.whole_file import writing
        from digitize.offices.origin import list_heads, list_own_heads

        with open_or_make(folder).store() as store:
            found = list_heads(store, reporter.lower()) if reporter else list(list_own_heads(store))
        with writing(out):
            out.write_text("".join(f"{dumps(h)}\n" for h in found), encoding="utf-8")
        say(f"{out}: {len(found)} heads of {reporter or 'our own history'}.")

    return heads


def language_of(name: str) -> Words:
    """Texts in a language given on the command line. Raises OptionsError."""
    from digitize.errors import OptionsError
    from digitize.offices.words import LANGUAGES, load_words

    if name not in LANGUAGES:
        raise OptionsError(f"--lang is one of {', '.join(LANGUAGES)}")
    return load_words(name)


def day_of(text: str, option: str = "--as-on") -> date:
    """A day of the command line, today when it is empty. Raises OptionsError."""
    from digitize.errors import OptionsError
    from digitize.machine.today import today_in_india

    try:
        return date.fromisoformat(text) if text else today_in_india()
    except ValueError as e:
        raise OptionsError(f"{option} must be a date such as 2026-03-31.") from e


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Report files to write; None: skip. language: en or hi."""

    html: Path | None
    pdf: Path | None
    csv: Path | None
    json: Path | None
    language: str


def write_report(picture: NationalPicture, wanted: ReportFiles, folder: Path) -> list[Path]:
    """Write the requested files. folder: of the office, whose own map is used.

    Raises OptionsError if nothing is requested.
    """
    from digitize.errors import OptionsError
    from digitize.offices.exporting import as_plain, write_csv
    from digitize.offices.outline import load_outline
    from digitize.offices.page import render_page
    from digitize.offices.pdf import print_pdf

    if not any((wanted.html, wanted.pdf, wanted.csv, wanted.json)):
        raise OptionsError("Say where to write: --html FILE, --pdf FILE, --csv DIR or --json-file FILE.")
    words, written = language_of(wanted.language), []
    if wanted.html or wanted.pdf:
        # The PDF is printed from a page, so there always is one.
        page = wanted.html or wanted.pdf.with_suffix(".html")  # type: ignore[union-attr]
        outline = load_outline(folder) if picture.root.level == "nation" else None
        _write(page, render_page(picture, words, outline))
        written.append(page)
        if wanted.pdf:
            print_pdf(page, wanted.pdf)
            written.append(wanted.pdf)
    if wanted.csv:
        written += write_csv(picture, wanted.csv, words)
    if wanted.json:
        _write(wanted.json, dumps(as_plain(picture, words), ensure_ascii=False) + "\n")
        written.append(wanted.json)
    return written


def _write(path: Path, text: str) -> None:
    from digitize.machine.whole_file import WholeFile

    file = WholeFile(path)
    file.write(text.encode("utf-8"))
    file.close()


def say_written(paths: Sequence[Path]) -> None:
    """Name the files."""
    for path in paths:
        say(f"{path} ({path.stat().st_size:,} bytes)")
