"""Key succession: recorded in the ledger, and in a statement for the office above signed by the old key."""

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
    """The key that signs from now on. why: rotated, revoked (the old key may be compromised) or lost.

    signature: by the old key; "" if it is lost, so that a letter must vouch for the new one.
    """

    old: str
    new: str
    why: str
    reason: str
    at: str
    signature: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether the old key signed it."""
        return is_signed(self.old, self.text(), self.signature)

    def text(self) -> bytes:
        """The signed text."""
        plain = asdict(self)
        plain.pop("signature")
        return b"digitize key succession 1\n" + json.dumps(plain, sort_keys=True).encode("utf-8")


def change_key(place: Place, why: str, reason: str, passphrase: str = "") -> Succession:
    """Create a new key that succeeds the old one. Resumable after an interruption.

    passphrase: encrypts the new key. Raises KeyUnusable if the old key is missing and not declared lost, OptionsError
    if it is declared lost and exists.
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
        raise OptionsError(f"{place.key} exists and can sign: change it without --lost, so that it signs the new one.")
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
    """A key change in the ledger that was interrupted before the new key was in place."""
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
