"""What an office holds of others: the heads of their histories, and which of their keys followed which."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from digitize.errors import InputError
from digitize.offices.keys import add_key, known_keys, revoke_key
from digitize.offices.store import SnapshotStore
from digitize.workspace.integrity.keys import Succession


def heads_of(store: SnapshotStore, site: str) -> list[dict[str, object]]:
    """The heads of a history that snapshots told of, oldest first: seq, at, hash.

    Of a site's ledger seq is its number of events, of a state's office the number of its head.

    Raises InputError when no snapshot of it was taken.
    """
    found: dict[tuple[int, str], dict[str, object]] = {}
    for received in store.taken():
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
        raise InputError(f"No snapshot tells of {site}.")
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
            raise InputError(f"{path.name}, line {number}: this is no change of a key.") from e
        keys = known_keys(store)
        if told.new in keys:
            continue
        old = keys.get(told.old)
        if old is None or old.reporter != reporter:
            raise InputError(f"{path.name}, line {number}: the old key is not that of {reporter}. See: keys list")
        if not told.is_signed:
            raise InputError(
                f"{path.name}, line {number}: the old key does not vouch for the new one ({told.why}). Ask for a "
                "letter, then: keys revoke, keys add"
            )
        add_key(store, reporter, told.new, f"follows {told.old[:16]}: {told.why} {told.reason}".strip())
        if not old.revoked:
            revoke_key(store, told.old, f"{told.why} {told.reason}".strip())
        taken.append(told)
    return taken
