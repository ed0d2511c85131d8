"""The manifest of a package: sender, receiver, sequence number and the hash of each file, signed by the office.

Signed like a snapshot: two lines, the second signs exactly the bytes of the first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digitize.exchange.layout import NOTE, layout_of
from digitize.exchange.lines import TwinKey, refuse_twins
from digitize.exchange.refusal import PackageRefused
from digitize.offices.envelope import Sealed, seal_body, unseal
from digitize.offices.keys import Key
from digitize.offices.refusal import Refused

MANIFEST, SCHEMA = "manifest.json", "schema.json"
MOST_MANIFEST = 2 << 20
MOST_PLAIN = 8 << 30
"""Bytes of all files of a package, unpacked."""
MOST_RATIO = 200
"""JSON lines of records shrink to a tenth; what shrinks more than this is a bomb."""
PILLAR = r"(e-courts|e-prison|e-prosecution|e-forensics)(:[a-z0-9-]{1,30})?"
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, le=10**12, strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class PackageFile(_Part):
    """One file. bytes, sha256: as stored; plain_bytes, lines: unpacked."""

    name: Annotated[str, Field(pattern=r"^([a-z_]{1,30}-[0-9]{4}\.jsonl\.gz|schema\.json)$")]
    bytes: Count
    sha256: Hash
    plain_bytes: Count
    lines: Count


class KindTally(_Part):
    """Lines of one kind: current and deleted."""

    put: Count = 0
    gone: Count = 0


class AnsweredPackage(_Part):
    """The latest package its sender had received when writing this one."""

    sequence: Annotated[int, Field(ge=1, le=10**9, strict=True)]
    manifest: Hash


class Manifest(_Part):
    """Metadata of a package. previous: SHA-256 of the previous manifest, "" for the first.

    base: "delta" holds changes since the previous one; "full" holds everything, and whatever is missing was deleted.
    sender, receiver: an office, e.g. wb-hooghly, and a pillar, e.g. e-courts or e-courts:hooghly.
    """

    format: Literal["digitize-exchange"]
    version: Literal[1]
    note: Annotated[str, Field(max_length=300)] = NOTE
    software: Annotated[str, Field(max_length=60)] = ""
    layout: Literal["e-courts", "e-prison", "e-prosecution", "e-forensics"]
    layout_version: Count
    way: Literal["forward", "backward"]
    sender: Annotated[str, Field(pattern=r"^[a-z0-9:-]{1,50}$")]
    receiver: Annotated[str, Field(pattern=r"^[a-z0-9:-]{1,50}$")]
    sequence: Annotated[int, Field(ge=1, le=10**9, strict=True)]
    previous: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
    base: Literal["delta", "full"]
    day: Annotated[date, Field(strict=False)]
    answers: AnsweredPackage | None = None
    counts: Annotated[Mapping[str, KindTally], Field(max_length=20)]
    files: Annotated[list[PackageFile], Field(max_length=1999)]

    @property
    def partner(self) -> str:
        """The pillar's side."""
        return self.receiver if self.way == "forward" else self.sender


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """A manifest with its signer. sha256: of its bytes, referenced by the next one."""

    manifest: Manifest
    public: str
    sha256: str


def seal_manifest(manifest: Manifest, key: Path) -> bytes:
    """The bytes of manifest.json. Raises KeyUnusable."""
    return seal_body(manifest.model_dump_json().encode("utf-8"), key)


def read_manifest(data: bytes, keys: Mapping[str, Key]) -> SignedManifest:
    """Parse a manifest whose signer is known and may sign for its sender.

    Raises PackageRefused: bad-manifest, unknown-key, key-revoked, bad-signature, wrong-version, another-key,
    unknown-layout.
    """
    sealed = _unseal(data)
    key = keys.get(sealed.key)
    # Key and signature first: what nobody known has signed is not taken apart.
    if key is None:
        raise PackageRefused("unknown-key", "its key is not in the list; ask for it, then: digitize exchange keys add")
    if not sealed.is_signed():
        raise PackageRefused(
            "bad-signature", f"it was changed after {key.reporter} signed it, or somebody else signed it; send it again"
        )
    if key.revoked:
        raise PackageRefused("key-revoked", f"the key of {key.reporter} was revoked on {key.revoked[:10]}")
    made = _parse(sealed.body)
    if made.sender != key.reporter:
        raise PackageRefused("another-key", f"its sender is {made.sender}, but it is signed by {key.reporter}")
    layout = layout_of(made.layout)
    if made.partner.partition(":")[0] != made.layout or made.layout_version != layout.version:
        text = (
            f"its layout is {made.layout} {made.layout_version}, this program knows {layout.version}; upgrade the older"
        )
        raise PackageRefused("unknown-layout", text)
    return SignedManifest(made, sealed.key, hashlib.sha256(data).hexdigest())


def _unseal(data: bytes) -> Sealed:
    try:
        if len(data) > MOST_MANIFEST:
            raise Refused("too-large", f"it has more than {MOST_MANIFEST:,} bytes")
        sealed = unseal(data, "manifest")
    except Refused as e:
        raise PackageRefused("bad-manifest", f"{e.text}") from None
    # The second line has one spelling: nothing of a package can be another and mean the same.
    mark = {"algorithm": "ed25519", "key": sealed.key, "signature": sealed.signature}
    if sealed.rest != json.dumps(mark).encode("ascii") + b"\n":
        raise PackageRefused("bad-manifest", "its second line is not a signature; send it again")
    return sealed


def _parse(body: bytes) -> Manifest:
    try:
        made = Manifest.model_validate_json(body)
        json.loads(body, object_pairs_hook=refuse_twins)
        return made
    except TwinKey:
        raise PackageRefused("twin-key", "the manifest: a key appears twice") from None
    except ValidationError as e:
        # What a stranger wrote is not repeated.
        first = e.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] and first["loc"][0] in Manifest.model_fields else "the whole"
        code = "wrong-version" if name in ("version", "format") else "bad-manifest"
        raise PackageRefused(code, f"the manifest: {name}: {first['type'].replace('_', ' ')}") from None


def check_manifest(m: Manifest, today: date) -> None:
    """Raise PackageRefused for impossible content, independent of history: from-the-future, bad-manifest, too-large."""
    if m.day > today:
        raise PackageRefused("from-the-future", f"it is of {m.day}, here it is {today}; correct the wrong clock")
    if (m.sequence == 1) != (not m.previous):
        raise PackageRefused("bad-manifest", "only the first package may have no previous one")
    names = [f.name for f in m.files]
    if len(set(names)) < len(names) or names != sorted(names):
        raise PackageRefused("bad-manifest", "its files are not in order, or one is listed twice")
    plain, stored = sum(f.plain_bytes for f in m.files), sum(f.bytes for f in m.files)
    if plain > MOST_PLAIN or any(f.plain_bytes > MOST_RATIO * f.bytes + 1024 for f in m.files):
        raise PackageRefused("too-large", f"{stored:,} bytes would become {plain:,}; send it in parts")
