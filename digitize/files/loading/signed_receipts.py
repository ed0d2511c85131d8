"""Signed receipts of loads without a ledger: files next to the key, in a separate folder or a workspace."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from digitize.errors import DiskFull, OptionsError, WorkspaceError
from digitize.machine.signing import create_key, is_signed, sign
from digitize.targets.base import Receipt, Target
from digitize.targets.load_status import OF_ROWS

KEYS, KEY, RECEIPTS = "keys", "site.pem", "receipts"


def open_folder(folder: Path) -> None:
    """Ensure that receipts can be signed and stored here; a folder without a key gets a new one.

    Raises OptionsError if it is not writable, or if another process is creating the key.
    """
    try:
        (folder / RECEIPTS).mkdir(parents=True, exist_ok=True)
        if not _key(folder).is_file():
            # Not exist_ok: of two that begin at once only one may make a key.
            (folder / KEYS).mkdir(mode=0o700)
            create_key(_key(folder))
    except FileExistsError as e:
        raise OptionsError(f"{folder / KEYS} exists but has no {KEY}; nothing was loaded.") from e
    except OSError as e:
        raise OptionsError(f"{folder}: receipts cannot be written here ({e.strerror}); nothing was loaded.") from e


def keep_receipts(folder: Path, target: Target, source: str, made: Sequence[Receipt]) -> None:
    """Sign and store receipts of all committed batches of some files, including those of a killed run.

    folder: see `open_folder`. source: hash of the files' content. made: by this run, for targets without a load
    history.

    Raises DiskFull if they cannot be written; the load itself is kept.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    query = f"""SELECT at, receipt FROM loads WHERE state = 'loaded' AND source->>'input' = ? AND {OF_ROWS}
                ORDER BY batch"""
    try:
        found = [(str(at), _plain(receipt)) for at, receipt in target.run(query, (source,))]
    except OptionsError:  # a folder of files answers no queries
        found = [(at, asdict(receipt)) for receipt in made]
    try:
        for at, receipt in found:
            write_receipt(folder, receipt_text(receipt | {"at": at}, target.name), "")
    except OSError as e:
        what = f"{folder}: everything is loaded, but receipts could not be written ({e.strerror})."
        raise DiskFull(f"{what} Make room, and run the same command again.") from e


def receipt_text(receipt: dict[str, object], target: str) -> str:
    """The signed text."""
    # A load that is only recognised again has the receipt that it had.
    return json.dumps({**receipt, "repeated": False, "target": target}, sort_keys=True)


def write_receipt(folder: Path, text: str, signature: str) -> None:
    """Write the output of `receipt_text` unless it exists. signature: "" to sign now."""
    receipt = json.loads(text)
    path = _path(folder, receipt["batch"], receipt["load"])
    if path.exists():
        return
    whole = {"receipt": receipt, "signature": signature or sign(_key(folder), text.encode("utf-8"))}
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(path.name + ".tmp")
    part.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def remove_receipt(folder: Path, batch: str, load: str) -> None:
    """Delete the receipt of an earlier load of that id: the batch has a new one."""
    _path(folder, batch, load).unlink(missing_ok=True)


def read_receipts(folder: Path) -> Iterator[tuple[dict[str, object], bool]]:
    """Receipts in a folder, and whether each is signed by the folder's key.

    Raises WorkspaceError if there is no key.
    """
    if not _key(folder).with_suffix(".pub").is_file():
        raise WorkspaceError(f"{folder} is not a workspace, and contains no receipts: digitize load --receipts DIR")
    public = _key(folder).with_suffix(".pub").read_text(encoding="ascii").strip()
    for path in sorted((folder / RECEIPTS).glob("*.json")):
        try:
            whole = json.loads(path.read_text(encoding="utf-8"))
            # Spelled as `receipt_text` does: what is signed are bytes.
            text = json.dumps(whole["receipt"], sort_keys=True)
            yield whole["receipt"], is_signed(public, text.encode("utf-8"), whole["signature"])
        # Changed by hand until it cannot be read: told as not ours, never left out.
        except (ValueError, KeyError, TypeError):
            yield {"batch": path.stem}, False


def _path(folder: Path, batch: str, load: str) -> Path:
    return folder / RECEIPTS / f"{batch}-{load[:12]}.json"


def _key(folder: Path) -> Path:
    return folder / KEYS / KEY


def _plain(receipt: object) -> dict[str, object]:
    made: dict[str, object] = json.loads(receipt) if isinstance(receipt, str) else receipt  # type: ignore[assignment]
    return made
