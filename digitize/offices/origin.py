"""Whether what an office holds is what others signed: every row, every key at its time, every head."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from digitize.errors import InputError, LedgerError
from digitize.machine.signing import is_signed
from digitize.offices.envelope import unseal
from digitize.offices.keys import add_key, known_keys, revoke_key
from digitize.offices.measures import MEASURES
from digitize.offices.refusal import Refused
from digitize.offices.store import SnapshotStore
from digitize.offices.store_rows import Received
from digitize.workspace.integrity.keys import Succession

_SECOND = timedelta(seconds=1)
"""Older lines of the list of keys tell whole seconds only."""


@dataclass(frozen=True, slots=True)
class VerifiedOrigin:
    """What was found to be as it was signed. unsigned: rows taken before signatures were kept, of which only hashes
    tell; held: heads that others hold and that are here.
    """

    files: int
    signed: int
    unsigned: int
    keys: int
    heads: int
    held: int


@dataclass(frozen=True, slots=True)
class _Span:
    reporter: str
    since: datetime
    until: datetime | None


def verify_origin(store: SnapshotStore, held: Sequence[Mapping[str, Any]] = ()) -> VerifiedOrigin:
    """Recount everything. held: heads of this history that another office holds: number (seq) and hash.

    Raises LedgerError naming the first thing that is not as it was signed.
    """
    files = store.verify()
    spans = _list_spans(store)
    signed = unsigned = 0
    for row, body, mark in store.signed_rows():
        if mark:
            _check_row(store, row, body, mark, spans)
            signed += 1
        else:
            unsigned += 1
    heads = store.list_heads()
    own = store.key.with_suffix(".pub").read_text(encoding="ascii").strip() if store.key else ""
    for h in heads:
        # Without any signature it is one of the time before; one that is not ours is another's work.
        if (h.public or h.signature) and (h.public != own or not is_signed(own, h.hash.encode("ascii"), h.signature)):
            raise LedgerError(f"{store.path}: head {h.seq} is not signed by this office. Restore a backup.")
    # Only the first may be unsigned: that of a file which was there before heads were signed.
    if own and any(not h.signature for h in heads if h.seq > 1):
        raise LedgerError(f"{store.path}: a head after the first one is not signed. Restore a backup.")
    known = {(h.seq, h.hash) for h in heads}
    for line in held:
        if (line.get("seq"), line.get("hash")) not in known:
            raise LedgerError(
                f"{store.path}: another office has head {line.get('seq')} of this history, but it is missing here: "
                f"the file was truncated, rewritten or restored from a backup."
            )
    return VerifiedOrigin(files, signed, unsigned, len(store.key_lines()), len(heads), len(held))


def _check_row(store: SnapshotStore, row: Received, body: bytes, mark: bytes, spans: Mapping[str, _Span]) -> None:
    def wrong(what: str) -> LedgerError:
        return LedgerError(f"{store.path}: row {row.seq} ({row.reporter} on {row.as_on}): {what}. Restore a backup.")

    data = body + b"\n" + mark
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise wrong("it is not the file that was received")
    try:
        sealed = unseal(data)
    except Refused as e:
        raise wrong("its signature is invalid") from e
    if not sealed.is_signed():
        raise wrong("its reporter did not sign it")
    span, at = spans.get(sealed.key), datetime.fromisoformat(row.at)
    if span is None or span.reporter != row.reporter:
        raise wrong("its key is not that of its reporter")
    if at + _SECOND < span.since or (span.until is not None and at > span.until + _SECOND):
        raise wrong("its key was not valid when it was received")
    told = json.loads(body)
    totals = row.summary.get("totals", {})
    is_same = (told.get("site") or told["state"], told["as_on"]) == (row.reporter, row.as_on)
    if not is_same or any(told["totals"][m] != totals.get(m) for m in MEASURES):
        raise wrong("what is stored with it does not match it")


def _list_spans(store: SnapshotStore) -> dict[str, _Span]:
    def parse_time(text: str) -> datetime:
        return datetime.fromisoformat(text)

    return {
        k.public: _Span(k.reporter, parse_time(k.since), parse_time(k.revoked) if k.revoked else None)
        for k in known_keys(store).values()
    }


def list_own_heads(store: SnapshotStore) -> Iterator[dict[str, Any]]:
    """The heads of the office's own history, for another office to hold: seq, at, hash, public, signature."""
    for h in store.list_heads():
        yield {"seq": h.seq, "at": h.at, "hash": h.hash, "public": h.public, "signature": h.signature}


def read_heads(path: Path) -> list[dict[str, Any]]:
    """The heads in a file, one a line. Raises InputError naming the line."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        try:
            told = json.loads(line)
            found.append({"seq": int(told["seq"]), "hash": str(told["hash"])})
        except (ValueError, TypeError, KeyError) as e:
            raise InputError(f"{path.name}, line {number}: this is not a head of a history.") from e
    if not found:
        raise InputError(f"{path.name} has no head.")
    return found


def list_heads(store: SnapshotStore, site: str) -> list[dict[str, object]]:
    """The heads of a history that snapshots told of, oldest first: seq, at, hash.

    Of a site's ledger seq is its number of events, of a state's office the number of its head.

    Raises InputError when no snapshot of it was taken.
    """
    found: dict[tuple[int, str], dict[str, object]] = {}
    for received in store.list_taken():
        # A site's id begins with the code of its state; all others need not be opened.
        if received.reporter not in (site, site.partition("-")[0]):
            continue
        made = store.snapshot(received.seq)
        if made.office is not None and made.reporter == site:
            head = {"seq": made.office.seq, "at": made.as_on.isoformat(), "hash": made.office.hash}
            found.setdefault((made.office.seq, made.office.hash), head)
        for source in made.sources:
            if source.site == site:
                head = {"seq": source.events, "at": source.as_on.isoformat(), "hash": source.root_hash}
                found.setdefault((source.events, source.root_hash), head)
    if not found:
        raise InputError(f"No snapshot mentions {site}.")
    return [found[key] for key in sorted(found)]


def follow_keys(store: SnapshotStore, reporter: str, path: Path) -> Sequence[Succession]:
    """Take changes of a reporter's key from its statement. Returns those that were new.

    Raises InputError when the file is none, or when the key that signs it is not the reporter's.
    """
    taken = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        try:
            told = Succession(**json.loads(line))
        except (ValueError, TypeError) as e:
            raise InputError(f"{path.name}, line {number}: this is not a change of a key.") from e
        keys = known_keys(store)
        if told.new in keys:
            continue
        old = keys.get(told.old)
        if old is None or old.reporter != reporter:
            raise InputError(f"{path.name}, line {number}: the old key is not that of {reporter}. See: keys list")
        if not told.is_signed:
            raise InputError(
                f"{path.name}, line {number}: the old key did not sign the new one ({told.why}). Ask for a letter, "
                f"then: keys revoke, keys add"
            )
        add_key(store, reporter, told.new, f"follows {told.old[:16]}: {told.why} {told.reason}".strip())
        if not old.revoked:
            revoke_key(store, told.old, f"{told.why} {told.reason}".strip())
        taken.append(told)
    return taken
