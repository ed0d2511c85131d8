"""One signing key follows another: the ledger says so, and the old one signs a statement for the office above."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from digitize.errors import KeyUnusable, OptionsError
from digitize.machine.signing import create_key, is_signed, open_key
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place

FILE = "succession.jsonl"
ROTATED, REVOKED, LOST = "rotated", "revoked", "lost"


@dataclass(frozen=True, slots=True)
class Succession:
    """Who signs from now on. why: rotated, revoked (the old key may be in other hands) or lost (nobody has it).

    signature: by the old key; "" where it is lost, so that a letter must vouch for the new one.
    """

    old: str
    new: str
    why: str
    reason: str
    at: str
    signature: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether the old key says so itself."""
        return is_signed(self.old, self.text(), self.signature)

    def text(self) -> bytes:
        """What is signed."""
        plain = asdict(self)
        plain.pop("signature")
        return b"digitize key succession 1\n" + json.dumps(plain, sort_keys=True).encode("utf-8")


def change_key(place: Place, why: str, reason: str, passphrase: str = "") -> Succession:
    """Make a new key and let it follow the old one. Called again after an interruption, it goes on where it stood.

    passphrase: the new key is kept under it. Raises KeyUnusable when the old key is there no more and is not said to be
    lost, OptionsError when it is said to be lost and is there.
    """
    following = place.key.with_name("next.pem")
    with Ledger(place.ledger) as ledger:
        old = ledger.public_keys()[-1]
    if done := _pending(place, following):
        _put_in_place(place, following)
        return done
    following.unlink(missing_ok=True)
    signer = None if why == LOST else open_key(place.key)
    if why == LOST and _can_sign(place.key):
        raise OptionsError(
            f"{place.key} is there and can sign: change it without --lost, so that it vouches for the new."
        )
    new = create_key(following, passphrase)
    made = Succession(old, new, why, reason, datetime.now(UTC).isoformat(timespec="seconds"))
    if signer is not None:
        made = Succession(old, new, why, reason, made.at, signer.sign(made.text()))
    # A lost key cannot sign the event that tells of it: the new one does.
    with Ledger(place.ledger, key=place.key if signer else following) as ledger:
        site = place.options.workspace.site_id
        ledger.record_event(site, "keys", "note", key=new, detail=asdict(made))
    _put_in_place(place, following)
    return made


def successions(place: Place) -> Iterator[Succession]:
    """All changes of the key, oldest first."""
    with Ledger(place.ledger) as ledger:
        for row in ledger.rows("SELECT detail FROM events WHERE step = 'keys' ORDER BY seq"):
            yield Succession(**json.loads(row["detail"]))


def write_successions(place: Place, path: Path) -> None:
    """Write them for the office above: digitize state keys follow SITE FILE."""
    lines = (json.dumps(asdict(s), sort_keys=True, ensure_ascii=False) for s in successions(place))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _pending(place: Place, following: Path) -> Succession | None:
    """The change of keys that the ledger knows of, and that was interrupted before the new key was in its place."""
    public = following.with_suffix(".pub")
    new = public.read_text(encoding="ascii").strip() if public.exists() else ""
    return next((s for s in successions(place) if s.new == new), None)


def _put_in_place(place: Place, following: Path) -> None:
    if following.exists():
        following.replace(place.key)
    write_successions(place, place.key.with_name(FILE))
    # Last: as long as next.pub is there, the change is not over, and nothing is signed.
    following.with_suffix(".pub").replace(place.key.with_suffix(".pub"))


def _can_sign(key: Path) -> bool:
    try:
        open_key(key)
    except KeyUnusable:
        return False
    return True
