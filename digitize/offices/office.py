"""The folder of an office: a state's, which receives snapshots of its sites, or the nation's, for those of states."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from digitize.errors import OptionsError, WorkspaceError
from digitize.machine.command_line import format_command
from digitize.offices.books import Newest
from digitize.offices.lists import load_gazetteer, load_inventory, load_statement
from digitize.offices.merge import OwnLists, merge_sites
from digitize.offices.shape import MOST_TOLD, OfficeHead, Snapshot
from digitize.offices.store import SnapshotStore
from digitize.offices.store_engine import check_address
from digitize.offices.store_rows import OfficeAct

_SETTINGS = """\
# The folder of an office: snapshots that it received, the list of keys, what an officer states.
format = 1
level = "{level}"   # state: receives sites' snapshots; nation: receives states'
code = "{code}"
"""
_STORE = """\
store = "{url}"   # where what was received is kept, not in received.sqlite; the password: PGPASSWORD, ~/.pgpass
"""


@dataclass(frozen=True, slots=True)
class Office:
    """A folder that is there. level: state or nation; code: of the state, "in" for the nation.

    address: of the PostgreSQL database in which the store is, "" where it is a file of the folder.
    """

    folder: Path
    level: str
    code: str
    address: str = ""

    @property
    def receives(self) -> str:
        """The level of the snapshots that are taken here."""
        return "site" if self.level == "state" else "state"

    @property
    def key(self) -> Path:
        """The private key that signs a state's own snapshots, and every head of the history."""
        return self.folder / "keys" / "office.pem"

    @property
    def published(self) -> Path:
        """Where figures that were published lie, one TOML file an answer."""
        return self.folder / "published"

    def list_stated_files(self) -> tuple[tuple[str, int, int], ...]:
        """Which files an officer has written beside what was received, and when: lists, published figures, the map."""
        found = [*(self.folder / "lists").glob("*"), *self.published.glob("*"), *self.folder.glob("map.*")]
        seen = [(str(f), f.stat()) for f in sorted(found) if f.is_file()]
        return tuple((name, s.st_mtime_ns, s.st_size) for name, s in seen)

    def check_reporter(self, reporter: str) -> None:
        """Whether that can be a reporter here: a state of the country, a site of this state. Raises OptionsError."""
        from mappers.codes.places import states

        if self.level == "nation" and reporter not in states():
            raise OptionsError(f"There is no state {reporter}; known: {', '.join(sorted(states()))}.")
        if self.level == "state" and reporter.partition("-")[0] != self.code:
            raise OptionsError(f"{reporter} is not a site of {self.code}: their ids start with {self.code}.")

    def store(self) -> SnapshotStore:
        """What was received."""
        from digitize.machine.signing import create_key

        # A national office made before heads were signed has no key yet.
        if self.level == "nation" and not self.key.exists():
            self.key.parent.mkdir(parents=True, exist_ok=True)
            create_key(self.key)
        return SnapshotStore(self.address or self.folder / "received.sqlite", self.key)


def create_office(folder: Path, level: str, code: str, address: str = "") -> Office:
    """Make an office's folder. address: of a PostgreSQL database for the store, "" for a file.

    Raises WorkspaceError when one is there already, MappingError when there is no such state, OptionsError.
    """
    from digitize.machine.signing import create_key
    from mappers.states import load_state

    if is_office(folder):
        raise WorkspaceError(f"{folder} is already an office's folder. Use it, or choose another.")
    if level == "state":
        load_state(code)
    if address:
        _check_empty(check_address(address))
    for name in ("keys", "lists") if level == "state" else ("keys", "published"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    office = Office(folder, level, code, address)
    create_key(office.key)
    # Opened and closed again: the empty store lies there from the beginning.
    office.store().__exit__(None, None, None)
    # Last: only a folder that has it counts as an office's.
    told = _SETTINGS.format(level=level, code=code) + (_STORE.format(url=address) if address else "")
    (folder / "office.toml").write_text(told, encoding="utf-8")
    return office


def _check_empty(address: str) -> None:
    with SnapshotStore(address) as store:
        if store.mark():
            raise WorkspaceError(
                f"The database {store.path} has the history of another office. Give each office its own database."
            )


def is_office(folder: Path) -> bool:
    """Whether the folder is an office's."""
    return (folder / "office.toml").is_file()


def open_office(folder: Path, level: str = "") -> Office:
    """Open it. level: which is wanted, "" for either. Raises WorkspaceError and OptionsError."""
    if not is_office(folder):
        make = (
            format_command("national", "init", "--dir", folder)
            if level == "nation"
            else format_command("state", "init", "STATE", "--dir", folder)
        )
        raise WorkspaceError(f"{folder} is not an office's folder. Create one with: {make}")
    path = folder / "office.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        address = check_address(str(data["store"])) if data.get("store") else ""
        office = Office(folder, str(data["level"]), str(data["code"]), address)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as e:
        raise OptionsError(f"{path}: not valid, level and code are needed: {e}") from e
    if office.level not in ("state", "nation") or (level and office.level != level):
        raise OptionsError(f"{path}: this is the folder of a {office.level}, not of a {level or 'state'}")
    return office


def load_newest_sites(store: SnapshotStore, as_on: date | None = None) -> list[Newest]:
    """The newest snapshot of each reporter, up to a day."""
    return [Newest(store.snapshot(r.seq), r.sha256) for r in store.list_newest(as_on)]


def list_withdrawn(store: SnapshotStore, day: date) -> list[OfficeAct]:
    """The copies of books that had been withdrawn by the end of a day: what was told on it is told so again."""
    return [a for a in store.list_acts("withdraw") if a.at[:10] <= day.isoformat()]


def record_reported_head(store: SnapshotStore) -> OfficeHead | None:
    """Which head of its history an office tells of now, noted before it is sent; None where there is none yet."""
    heads = {h.seq: h for h in store.list_heads()}
    if not heads:
        return None
    newest = heads[max(heads)]
    told = {int(a.subject) for a in store.list_acts("snapshot")}
    with store.writing():
        store.insert_act("snapshot", str(newest.seq), "", "", {})
    old = [(n, heads[n].hash) for n in sorted(told) if n in heads][-MOST_TOLD:]
    return OfficeHead(seq=newest.seq, hash=newest.hash, told=old)


def make_state_snapshot(
    office: Office, sites: Sequence[Newest], today: date, withdrawn: Sequence[OfficeAct] = ()
) -> Snapshot:
    """A state's snapshot folded from its sites'. withdrawn: see `merge_sites`.

    Raises WorkspaceError when none reported yet, OptionsError.
    """
    if not sites:
        raise WorkspaceError(f"{office.folder}: no site has reported yet. Next: digitize state add SNAPSHOT...")
    statement = load_statement(office.folder / "lists" / "statement.toml")
    return merge_sites(office.code, sites, today, statement, load_own_lists(office), withdrawn)


def load_own_lists(office: Office) -> OwnLists:
    """The stations and the inventory of a state's office. Raises MappingError and OptionsError."""
    lists = office.folder / "lists"
    gazetteer = load_gazetteer(office.code, lists)
    return OwnLists(gazetteer, load_inventory(lists / "inventory.csv", gazetteer))
