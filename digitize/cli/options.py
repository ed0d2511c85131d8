"""Options and arguments shared by several commands, so that their names and help agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from digitize.cli.console import warn

Scans = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scans: JPEG, PNG, TIFF or PDF.")]
Workspace = Annotated[Path | None, typer.Option("--workspace", metavar="DIR", help="The workspace, for its target.")]
Target = Annotated[
    str, typer.Option("--target", help="postgresql://USER@HOST/DATABASE without password, or a .sqlite.")
]
Schema = Annotated[str, typer.Option("--schema", help="PostgreSQL: the schema that holds the tables.")]
ImportForm = Annotated[str, typer.Option("--form", help="Import files: the form they hold.")]
ImportState = Annotated[str, typer.Option("--state", help="Import files: code of the state, for its stations.")]
ImportStations = Annotated[Path | None, typer.Option("--stations", help="Import files: your list of stations.")]
ImportProfile = Annotated[
    str, typer.Option("--profile", help="Import files: completeness profile: full, core, register-only, index-only.")
]
Lang = Annotated[str, typer.Option(help="Language of the findings: en, hi, bn, ta ...")]
IgnoredRules = Annotated[str, typer.Option("--ignore", help="Import files: rules to skip, e.g. X003,L.")]
LeaveOut = Annotated[str, typer.Option("--leave-out", help="Import files: columns to ignore, comma-separated.")]
Layout = Annotated[
    str, typer.Option("--layout", metavar="FILE|ID", help="Layout of a state's own tables, filled instead of ours.")
]
PagesAtOnce = Annotated[int | None, typer.Option("--jobs", min=1, help="Pages read at once (default: one per core).")]
Dpi = Annotated[int, typer.Option("--dpi", min=72, max=600, help="Resolution in dpi at which PDF pages are rendered.")]
SpreadsOption = Annotated[
    Literal["auto", "yes", "no"],
    typer.Option("--spreads", help="Cut scans of two pages: where both are known, at every gutter, or never."),
]
SecondsPerPage = Annotated[int, typer.Option("--seconds-per-page", min=1, help="Processor time limit for one page.")]
MaxFailedShare = Annotated[
    str, typer.Option("--max-failed-share", metavar="P%", help="Continue up to this share of failures, e.g. 10%.")
]


def require_one_workspace(paths: Sequence[Path], given: Mapping[str, object], why: str) -> Path:
    """The single workspace of a call. given: options for files; why: their purpose. Raises OptionsError."""
    from digitize.errors import OptionsError

    if for_files := [name for name, value in given.items() if value]:
        raise OptionsError(f"{for_files[0]} is for files; {why}.")
    if len(paths) > 1:
        raise OptionsError("Give a workspace alone, without other paths.")
    return paths[0]


def list_words(given: Mapping[str, object]) -> list[str]:
    """Options as words of a command line, those that were not given left out."""
    return [word for name, value in given.items() if value for word in (name, str(value))]


def name_target(target: str, schema: str, workspace: Path | None = None) -> list[str]:
    """Words by which another command finds the same target."""
    return list_words({"--target": target, "--schema": schema, "--workspace": workspace})


def failed_share(text: str) -> float | None:
    """The share, 0..1, of --max-failed-share; None if not given. Raises OptionsError."""
    if not text:
        return None
    old = _old_share(text)
    if old is not None:
        warn(f"--max-failed-share {text} is the old spelling, which the next version refuses: write {old * 100:g}%.")
        return old
    from digitize.errors import OptionsError
    from digitize.files.agreed_limit import parse_agreed

    agreed = parse_agreed(text, "--max-failed-share")
    if not agreed.is_share:
        raise OptionsError(f"--max-failed-share {text}: give a share, such as 10%.")
    return float(agreed.amount)


def _old_share(text: str) -> float | None:
    """A share as earlier versions wrote it: 0.1, or 1 for all."""
    try:
        # "10%" is no number and goes on to the new spelling.
        share = float(text)
    except ValueError:
        return None
    # A bare 10 never was a share: it goes on to the new spelling, which refuses it.
    return share if 0 <= share <= 1 else None
