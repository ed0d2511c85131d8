"""`digitize worker`: process pages of a shared ledger alongside others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import progress, say

if TYPE_CHECKING:
    from digitize.machine.placing import Cluster
    from digitize.workspace.place import Place

PANEL = "Upkeep", 50


def worker(
    where: Annotated[str, typer.Argument(metavar="DIR|URL", help="The workspace, or the database of its ledger.")],
    site: Annotated[str, typer.Option(help="With a URL: the site id, as in page ids.")] = "",
    key: Annotated[Path | None, typer.Option(help="With a URL: this worker's own signing key.")] = None,
    jobs: Annotated[int | None, typer.Option(min=0, help="Pages read at once; 0: one per core.")] = None,
    lot: Annotated[int, typer.Option(min=1, help="Number of pages in a lot.")] = 50,
    stay: Annotated[bool, typer.Option("--stay", help="Keep waiting for more work, until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option(min=0.01, help="Minutes between two looks.")] = 1.0,
) -> None:
    """Claim lots of pages, read, map, check and record them, until nothing is due. Loads nothing."""
    from digitize.steps.worker import LotWorker
    from digitize.steps.worker_place import worker_hands, worker_place
    from digitize.targets.postgres.address import is_address

    def find() -> tuple[Place, Cluster | None]:
        place = worker_place(where, site, key, {"run.jobs": jobs})
        return place, worker_hands(place)

    with progress(find()[0].options.run.line_every) as shown:
        report = LotWorker(find, shown, lot, has_folder=not is_address(where)).go_on(_waits(stay, 60 * every))
    say(*report.lines())


def _waits(stay: bool, every_s: float):  # type: ignore[no-untyped-def]
    import time

    def wait() -> bool:
        if stay:
            time.sleep(every_s)
        return not stay

    return wait


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(worker)
