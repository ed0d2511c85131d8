"""Who may look at the dashboard: access tokens, of which only hashes are kept, each with the name it was given to."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from digitize.errors import OptionsError
from digitize.login.sessions import hash_secret, make_secret
from digitize.machine.private_files import write_private
from digitize.machine.system import alone_with
from digitize.machine.today import today_in_india

_FILE = "access.json"


@dataclass(frozen=True, slots=True)
class Token:
    """One token, or one user whom a proxy tells of. name: whom it was given to, or the user as the proxy names it.

    hash: SHA-256 of the token, which has 256 random bits; "" of a user. since: a day; state: code of the state that is
    all the holder may see beside the sum, "" for everything.
    """

    name: str
    hash: str
    since: str
    state: str = ""

    @property
    def login_stamp(self) -> str:
        """Another text for another token of the same name, so that sessions of the one taken back are over."""
        return f"{self.since} {self.hash}"


@dataclass(frozen=True, slots=True)
class TokenHolders:
    """All who may look at the dashboard of an office's folder; what was taken back holds no more at once."""

    folder: Path

    def find_account(self, name: str) -> Token | None:
        """The token or user of a name."""
        return next((t for t in read_tokens(self.folder) if t.name == name), None)

    def find_by_token(self, token: str) -> Token | None:
        """Whose a token is, None for one that does not hold; takes as long whichever it is."""
        given, found = hash_secret(token), None
        for t in read_tokens(self.folder):
            # Goes on when found: how long it takes tells nothing.
            if t.hash and hmac.compare_digest(t.hash, given):
                found = t
        return found


def read_tokens(folder: Path) -> list[Token]:
    """The tokens of an office's folder. Raises OptionsError when the file is broken."""
    path = folder / _FILE
    if not path.is_file():
        return []
    try:
        return [Token(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError) as e:
        raise OptionsError(f"{path}: not a list of tokens; restore it, or delete it and create new ones") from e


def make_token(folder: Path, name: str, state: str = "") -> str:
    """A new token, told this once. state: see `Token`. Raises OptionsError when the name has one already."""
    token = make_secret()
    _add(folder, Token(name, hash_secret(token), today_in_india().isoformat(), state))
    return token


def add_user(folder: Path, name: str, state: str = "") -> None:
    """Let a user of the single sign-on in. Raises OptionsError when the name is there already."""
    _add(folder, Token(name, "", today_in_india().isoformat(), state))


def _add(folder: Path, made: Token) -> None:
    from mappers.codes.places import states

    if made.state and made.state not in states():
        raise OptionsError(f"There is no state {made.state}; known: {', '.join(sorted(states()))}.")
    # Read and written with nobody between: of two changes at one moment none undoes the other.
    with alone_with(folder / _FILE):
        tokens = read_tokens(folder)
        if not made.name.strip() or any(t.name == made.name for t in tokens):
            raise OptionsError("Give each token a name of its own, or revoke the one that has it.")
        _write(folder, [*tokens, made])


def revoke_token(folder: Path, name: str) -> None:
    """Take a token back. Raises OptionsError when there is none of that name."""
    with alone_with(folder / _FILE):
        tokens = read_tokens(folder)
        if name not in {t.name for t in tokens}:
            raise OptionsError(f"There is no token for {name}; known: {', '.join(t.name for t in tokens) or 'none'}.")
        _write(folder, [t for t in tokens if t.name != name])


def _write(folder: Path, tokens: list[Token]) -> None:
    text = json.dumps([asdict(t) for t in tokens], ensure_ascii=False, indent=1) + "\n"
    write_private(folder / _FILE, text)
