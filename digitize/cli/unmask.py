"""--unmask, --reason and --operator, the same for every command that can show protected names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from digitize.masking.unmasking import ShownFields, Unmasking

Unmask = Annotated[bool, typer.Option("--unmask", help="Show protected names in full; needs --reason and --operator.")]
Reason = Annotated[str, typer.Option(help="Reason why protected names are needed; recorded.")]
Operator = Annotated[str, typer.Option(help="Name of the person who sees them; recorded with --unmask.")]


def asked_by(*, unmask: bool, reason: str, operator: str) -> Unmasking | None:
    """Who asks for protected names; None if they stay masked. Raises OptionsError."""
    from digitize.machine.system import user_name
    from digitize.masking.unmasking import check_unmasking

    return check_unmasking(unmask=unmask, reason=reason, operator=operator, user=user_name())


def need_file(who: Unmasking | None, out: Path | None) -> None:
    """Refuse to print names on standard output if no workspace logs who saw them. Raises OptionsError."""
    from digitize.errors import OptionsError

    if who and out is None:
        raise OptionsError(
            "--unmask without a workspace needs --out FILE: who asked, and why, is recorded next to it in "
            "FILE.unmasked.json."
        )


def keep_record(out: Path, who: Unmasking, shown: ShownFields) -> None:
    """Write who asked, and why, next to a file. Raises DiskFull, InputError."""
    from datetime import UTC, datetime

    from digitize.machine.whole_file import writing
    from digitize.masking.unmasking import write_record

    with writing(out):
        write_record(out, who, shown, datetime.now(UTC).isoformat(timespec="seconds"))
