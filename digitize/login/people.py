"""Accounts of the station and the search: names, roles, assigned work, password hashes, in a private file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.errors import OptionsError
from digitize.machine.private_files import write_private
from digitize.machine.system import alone_with
from digitize.masking.unmasking import check_unmasking
from digitize.workspace.ledger import Ledger

if TYPE_CHECKING:
    from argon2 import PasswordHasher

OPERATOR, SUPERVISOR, ADMINISTRATOR = "operator", "supervisor", "administrator"
ROLES = (OPERATOR, SUPERVISOR, ADMINISTRATOR)
"""Each may do what those before it may."""
POLICE = "police"
ASKS_AS = (POLICE, "court", "public")
"""As what somebody is answered by the services; who is no police works at no station."""
LEAST_PASSWORD = 10
_MOST_PASSWORD, _MOST_NAME = 1024, 60
STEP = "people"


@dataclass(frozen=True, slots=True)
class Account:
    """One person. name: stored with each value they settle. role: see ROLES. language: of the interface.

    volumes, languages, fields: assigned work, empty for all: labels of volumes, codes of languages, fields. cleared:
    why the person may see names of protected persons, "" if they may not.
    asks_as: of ASKS_AS. stations: whose records are their own, as STATION or DISTRICT/STATION.
    hash: of the password (argon2id). since: a day. changed: when the password was set; earlier sessions end.
    """

    name: str
    role: str
    hash: str
    language: str = "en"
    volumes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    since: str = ""
    changed: str = ""
    cleared: str = ""
    asks_as: str = POLICE
    stations: tuple[str, ...] = ()

    @property
    def login_stamp(self) -> str:
        """See `digitize.login.sessions.SessionHolder`."""
        return self.changed

    def may(self, role: str) -> bool:
        """Whether the person has the rights of a role; "" is any logged-in person."""
        return not role or (self.asks_as == POLICE and ROLES.index(self.role) >= ROLES.index(role))

    def is_assigned(self, volume: str, language: str, field: str) -> bool:
        """Whether a question of a volume, language and field is assigned to them."""
        pairs = ((self.volumes, volume), (self.languages, language), (self.fields, field))
        return all(not own or one in own for own, one in pairs)


def new_account(
    name: str, role: str, language: str, work: Mapping[str, tuple[str, ...]], cleared: str = "", asks_as: str = POLICE
) -> Account:
    """An account without a password. work: assigned volumes, languages, fields, stations. cleared, asks_as: see
    `Account`.

    Raises OptionsError for an empty clearance reason and for an unknown asks_as.
    """
    if cleared.strip():
        check_unmasking(unmask=True, reason=cleared, operator=name or "nobody", user="")
    if asks_as not in ASKS_AS:
        raise OptionsError(f"The role in the services is one of: {', '.join(ASKS_AS)}.")
    volumes, languages, fields, stations = (work.get(n, ()) for n in ("volumes", "languages", "fields", "stations"))
    return Account(
        name, role, "", language, volumes, languages, fields,
        cleared=cleared.strip(), asks_as=asks_as, stations=stations,
    )  # fmt: skip


class People:
    """The accounts file of a workspace, reloaded when changed, so that an administrator's changes apply at once."""

    def __init__(self, folder: Path) -> None:
        """folder: of the workspace. The file need not be there yet."""
        self.path = folder / "keys" / "people.json"
        self._read: tuple[tuple[int, int, int], dict[str, Account]] = ((0, 0, 0), {})

    def load_all(self) -> dict[str, Account]:
        """Name -> account. Raises OptionsError when the file is broken."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return {}
        mark = (found.st_mtime_ns, found.st_size, found.st_ino)
        if mark != self._read[0]:
            self._read = mark, self._load()
        return self._read[1]

    def find_account(self, name: str) -> Account | None:
        """The account of a name."""
        return self.load_all().get(name)

    def check_password(self, name: str, password: str) -> Account | None:
        """The account if name and password match; takes equally long for unknown names."""
        account = self.find_account(name)
        fits = _verify_password(account.hash if account else _make_decoy_hash(), password)
        return account if fits else None

    def add(self, account: Account, password: str) -> None:
        """Add an account. Raises OptionsError for a name that is taken, an unknown role or a password too short."""
        _check_role(account.role)
        if not account.name.strip() or len(account.name) > _MOST_NAME or not account.name.isprintable():
            raise OptionsError(f"A name has 1 to {_MOST_NAME} letters.")
        now = _format_now()
        made = replace(account, name=account.name.strip(), hash=_hash_password(password), since=now[:10], changed=now)
        self._change(lambda known: known | {made.name: made} if made.name not in known else None,
                     "There is already a person with that name.")  # fmt: skip

    def remove(self, name: str) -> None:
        """Remove an account; its answers stay. Raises OptionsError for an unknown name."""
        self._change(lambda known: {n: a for n, a in known.items() if n != name} if name in known else None)

    def set_password(self, name: str, password: str) -> None:
        """Set a password, which ends all sessions of the old one. Raises OptionsError."""
        hash, changed = _hash_password(password), _format_now()

        def change(known: dict[str, Account]) -> dict[str, Account] | None:
            return known | {name: replace(known[name], hash=hash, changed=changed)} if name in known else None

        self._change(change)

    def set_language(self, name: str, language: str) -> None:
        """Set the language of the interface. Raises OptionsError for an unknown name."""
        self._change(lambda known: known | {name: replace(known[name], language=language)} if name in known else None)

    def set_work(self, name: str, role: str | None, work: Mapping[str, tuple[str, ...]]) -> None:
        """Change role or assigned work. role: None to keep it. work: changes of volumes, languages, fields.

        Raises OptionsError for an unknown role or name.
        """
        changes: dict[str, Any] = {**work, **({"role": _check_role(role)} if role else {})}
        self._change(lambda known: known | {name: replace(known[name], **changes)} if name in known else None)

    def _change(self, change: Callable[[dict[str, Account]], dict[str, Account] | None], problem: str = "") -> None:
        # Read and written with nobody between: of two changes at one moment none undoes the other.
        with alone_with(self.path):
            made = change(dict(self.load_all()))
            if made is None:
                raise OptionsError(problem or "There is no person with that name.")
            plain = [asdict(account) for account in made.values()]
            write_private(self.path, json.dumps(plain, ensure_ascii=False, indent=1) + "\n")

    def _load(self) -> dict[str, Account]:
        try:
            plain = json.loads(self.path.read_text(encoding="utf-8"))
            return {entry["name"]: _parse_account(entry) for entry in plain}
        except (ValueError, TypeError, KeyError):
            # Without what stands in it, and without the cause, which quotes it.
            raise OptionsError(
                f"{self.path} is broken. Restore it from a backup, or delete it and add everybody again."
            ) from None


def note_change(ledger: Ledger, account: str, what: str, by: str, **more: Any) -> None:
    """Record in the ledger that an account was added, removed or given a password, and by whom."""
    ledger.record_event(f"{STEP}:{account}", STEP, "note", detail={"what": what, "by": by, **more})


def _check_role(role: str) -> str:
    if role not in ROLES:
        raise OptionsError(f"The role must be one of: {', '.join(ROLES)}.")
    return role


def _parse_account(entry: dict[str, Any]) -> Account:
    lists = {name: tuple(entry.get(name, ())) for name in ("volumes", "languages", "fields", "stations")}
    account = Account(**{**entry, **lists})
    if account.role not in ROLES or account.asks_as not in ASKS_AS:
        raise ValueError("role")
    return account


@cache
def _make_hasher() -> PasswordHasher:
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _make_decoy_hash() -> str:
    """A hash that no password matches, so that an unknown name takes as long as a known one."""
    import secrets

    return _make_hasher().hash(secrets.token_urlsafe(32))


def _verify_password(hash: str, password: str) -> bool:
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return len(password) <= _MOST_PASSWORD and _make_hasher().verify(hash, password)
    except (Argon2Error, InvalidHashError):
        return False


def _hash_password(password: str) -> str:
    if not LEAST_PASSWORD <= len(password) <= _MOST_PASSWORD:
        raise OptionsError(f"A password has at least {LEAST_PASSWORD} letters.")
    return _make_hasher().hash(password)


def _format_now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
