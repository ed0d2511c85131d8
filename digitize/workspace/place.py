"""A workspace: one folder holding a state's (or one site's) originals, ledger, settings and results."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import OptionsError, WorkspaceError
from digitize.machine import system
from digitize.machine.command_line import format_command
from digitize.workspace.ledger_db.address import Where, ledger_address
from digitize.workspace.options import Options, load_options

LEDGER = "ledger.sqlite"
FOLDERS = (
    "originals", "artefacts", "exports", "loaded", "receipts", "review",
    "lists", "forms", "mappings", "encodings", "models", "keys",
)  # fmt: skip

_SETTINGS = """\
# Settings of this workspace. Flags and environment variables (DIGITIZE_RUN_JOBS=4) go before them.
[workspace]
format = 1
state = "{state}"
site = "{site}"
site_id = "{site_id}"   # stands in every page and record id: do not change it
{ledger}

[read]
# dpi = 300                 # at which PDF pages are drawn
# seconds_per_page = 180    # of the processor; a page that takes more is recorded, and tried again with twice that
# native_digits = "own"     # numbers by hand in native digits: the package's weights, "none", or a file of others

[run]
# jobs = 0                  # pages at once; 0: as many as there are cores
# max_failed_share = 0.10   # above it a run pauses (looked at after 50 pages)

[load]
# target = "loaded/cctns.sqlite"

[store]
# url = "s3://bucket/prefix"           # scans for other machines (docs/cluster.md); keys from the environment alone
# endpoint = "https://store.example"   # of a store that is not Amazon's

[access]
# group = "records"          # of the machine's accounts: may read and write here, too; else the owner alone

[capture]
# profile = "core"          # what is asked: full, core, register-only, index-only; all without it (docs/capture.md)

[check]
# policy = "default"        # what rules do: a policy of the package, or policy/NAME.toml of this folder (docs/rules.md)
# years = "2001-2010"       # agreed for the import; others are noted (T024)

[calibrate]
# by_itself = true          # a run begins to measure: what is read surely is asked without its reading, until it passes
# right = 0.99              # share of what passes without a person that is right, at least (docs/calibration.md)
# certainty = 0.95          # with which that is so
# audit_share = 0.02        # of what passed, asked all the same, for ever

[review]
# double = {{ "*" = "single", "fir_no" = "blind" }}  # keyed once, verified, or twice blind (docs/station.md)
# least_right = 0.98        # share of a batch's answers that must be right before it is signed off

[learn]
# at = "01:00"              # the hour at which `digitize watch` learns this office's hands

[retention]
# originals_years = 10      # after a batch's newest load; then `digitize purge` may take them (docs/operations.md)
# personal_years = 30

[services]
# station_places = "lists/station_places.csv"   # stations with coordinates, for the nearest one (docs/services.md)

[severity]
# R001 = "review"           # what a rule does: note, review or reject (docs/rules.md)
"""
_STATIONS = "station,district,aliases,district_aliases\n"


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace that is there: its folder and its options."""

    folder: Path
    options: Options

    @property
    def ledger(self) -> Where:
        """The ledger: the file, or its place in a database."""
        own = self.options.workspace
        if not own.ledger:
            return self.folder / LEDGER
        return ledger_address(own.ledger, own.site_id, self.folder, own.ledger_schema)

    @property
    def key(self) -> Path:
        """The private signing key."""
        return self.folder / "keys" / "site.pem"

    @property
    def models(self) -> Path:
        """Folder of better Tesseract models, shared by all who work in this workspace."""
        return self.folder / "models"

    @property
    def own_lists(self) -> tuple[Path, Path]:
        """The workspace's lists of stations and of districts; neither need be there."""
        return self.folder / "lists" / "stations.csv", self.folder / "lists" / "districts.csv"

    @property
    def has_stations(self) -> bool:
        """Whether the office has its own station list. Raises MappingError for an invalid list."""
        # Here and not above: what only looks at the ledger need not load the lists.
        from mappers.codes import read_stations

        own = self.own_lists[0]
        return own.is_file() and bool(read_stations(own))

    def original(self, sha256: str, suffix: str, linked: str = "") -> Path:
        """Path of an original with that hash: its link target, if linked, else its copy."""
        return Path(linked) if linked else self.folder / "originals" / sha256[:2] / f"{sha256}{suffix}"


def create(state: str, folder: Path, site: str = "", ledger: str = "") -> Place:
    """Create a workspace. ledger: URL of the database for its ledger; "" for a file.

    Raises WorkspaceError if one exists, MappingError if there is no profile for the state, OptionsError for an invalid
    URL, LedgerError if the database does not answer or has a ledger of that name.
    """
    from digitize.machine.signing import create_key
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.ledger.opening import require_reachable
    from mappers.states import load_state

    if (folder / "digitize.toml").exists():
        raise WorkspaceError(f"{folder} is already a workspace. Use it, or choose another folder.")
    profile = load_state(state.lower())
    site_id = profile.code + (f"-{_slug(site)}" if site else "")
    where = ledger_address(ledger, site_id, folder) if ledger else folder / LEDGER
    # Before a folder is made: a name that is wrong leaves none behind.
    require_reachable(where)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    stations = folder / "lists" / "stations.csv"
    if not stations.exists():
        stations.write_text(_STATIONS, encoding="utf-8")
    public = create_key(folder / "keys" / "site.pem")
    # The site stands between double quotes in TOML.
    settings = _SETTINGS.format(
        state=profile.code, site=site.replace('"', "'"), site_id=site_id, ledger=ledger_line(ledger)
    )
    with Ledger.create(where) as made:
        made.record_event(site_id, "init", "done", key=public, detail={"state": profile.code, "site": site})
    # Last: only a folder that has it counts as a workspace, so one that was made by half is never taken for whole.
    (folder / "digitize.toml").write_text(settings, encoding="utf-8")
    return open_place(folder)


def ledger_line(url: str) -> str:
    """Settings line with the address of the ledger; url "" for the file."""
    text = url or "postgresql://USER@HOST/DATABASE"
    return f"{'' if url else '# '}ledger = {json.dumps(text)}   # a database instead of the file (docs/ledger.md)"


def open_place(folder: Path, flags: Mapping[str, object] | None = None) -> Place:
    """Open a workspace. Raises WorkspaceError if the folder is none, OptionsError for invalid settings."""
    if not (folder / "digitize.toml").is_file():
        raise WorkspaceError(f"{folder} is not a workspace. Make one with: {format_command('init', 'STATE', folder)}")
    options = load_options(folder, flags)
    _guard(folder, options.access.group)
    return Place(folder, options)


def _guard(folder: Path, group: str) -> None:
    """Restrict a workspace to its owner, or to a group. Raises OptionsError for an unknown group."""
    if not group:
        system.close_to_others(folder)
        return
    try:
        system.share_with(group, folder)
    except LookupError as e:
        raise OptionsError(f"{folder / 'digitize.toml'}: access.group: this machine has no group {group}") from e


def _slug(text: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not slug:
        raise WorkspaceError("--site needs at least one Latin letter or digit: it is part of every page id.")
    return slug[:24].strip("-")
