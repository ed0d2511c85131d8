"""The file of a snapshot: two lines. The first is the snapshot as JSON, the second who signed exactly its bytes.

So any software can write and check one without agreeing on how JSON is spelled.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from digitize.machine.signing import is_signed, sign
from digitize.offices.refusal import Refused
from digitize.offices.shape import Snapshot

MAX_BYTES = 20 << 20


class _Mark(BaseModel):
    """The second line, which no signature covers: it holds nothing but this."""

    model_config = ConfigDict(extra="forbid", strict=True)
    algorithm: Literal["ed25519"]
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file as it came: the bytes of its first line, key and signature in hex. sha256: of the whole file.

    rest: all bytes behind the first line's end, in which key and signature stand.
    """

    body: bytes
    key: str
    signature: str
    sha256: str
    rest: bytes = b""

    def is_signed(self) -> bool:
        """Whether the owner of the key signed exactly this body."""
        return is_signed(self.key, self.body, self.signature)


def seal(snapshot: Snapshot, key: Path) -> bytes:
    """The file's bytes. key: the private key; its public half lies beside it as .pub."""
    return seal_body(snapshot.model_dump_json(exclude_none=False).encode("utf-8"), key)


def seal_body(body: bytes, key: Path) -> bytes:
    """One line of any content, and the second line by which it is signed. key: see `seal`."""
    public = key.with_suffix(".pub").read_text(encoding="ascii").strip()
    mark = {"algorithm": "ed25519", "key": public, "signature": sign(key, body)}
    return body + b"\n" + json.dumps(mark).encode("ascii") + b"\n"


def unseal(data: bytes, what: str = "snapshot") -> Sealed:
    """Take a file apart; nothing is checked yet. what: it is to be. Raises Refused: empty, too-large, truncated,
    no-snapshot.
    """
    # First of all: nothing of a file that is too large is parsed.
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"the file has {len(data):,} bytes, a {what} has at most {MAX_BYTES:,}")
    if not data.strip():
        raise Refused("empty", "the file is empty; send it again")
    body, line, rest = data.partition(b"\n")
    if not body.lstrip().startswith(b"{"):
        raise Refused("no-snapshot", f"the file does not start like a {what}")
    try:
        mark = _Mark.model_validate_json(rest)
    except ValidationError:
        raise Refused(
            "truncated",
            "the line with the signature is missing, truncated, or has something after it; send the file again",
        ) from None
    # The bytes as they came: the signature is of them, and JSON that is written anew has others.
    return Sealed(body, mark.key.lower(), mark.signature.lower(), hashlib.sha256(data).hexdigest(), rest)
