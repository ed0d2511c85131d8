"""Files encrypted to public keys, in the age format (age-encryption.org/v1), which other programs open as well.

Only the X25519 kind of key. The primitives are the library's; what is ours is the order of the bytes, which is compared
with the format's own words in the tests.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from digitize.errors import InputError, OptionsError
from digitize.machine.bech32 import decode, encode

_VERSION = b"age-encryption.org/v1"
_LABEL = b"age-encryption.org/v1/X25519"
_CHUNK, _TAG = 64 << 10, 16
_PUBLIC, _SECRET = "age", "age-secret-key-"
# A header of a thousand recipients fits; a file that is none is not read to its end.
_LONGEST_HEADER = 1 << 18


def new_key() -> tuple[str, str]:
    """A new key pair: (secret "AGE-SECRET-KEY-1...", public "age1...")."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    key = X25519PrivateKey.generate()
    return encode(_SECRET, key.private_bytes_raw()).upper(), encode(_PUBLIC, key.public_key().public_bytes_raw())


def public_of(secret: str) -> str:
    """The public half of a secret key. Raises OptionsError."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    key = X25519PrivateKey.from_private_bytes(_raw(_SECRET, secret))
    return encode(_PUBLIC, key.public_key().public_bytes_raw())


def check_public(public: str) -> str:
    """The key as it is, where it is a public one. Raises OptionsError."""
    _raw(_PUBLIC, public)
    return public.strip()


class AgeWriter:
    """Encrypts what is written; the file is whole only after close."""

    def __init__(self, out: BinaryIO, publics: Sequence[str]) -> None:
        """publics: whoever holds the secret half of one of them can read it. Raises OptionsError."""
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        file_key, nonce = os.urandom(16), os.urandom(16)
        head = b"\n".join([_VERSION, *(_stanza(file_key, _raw(_PUBLIC, p)) for p in publics), b"---"])
        self._out, self._held, self._count = out, b"", 0
        self._cipher = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
        out.write(head + b" " + _base64(_mac(file_key, head)) + b"\n" + nonce)

    def write(self, data: bytes) -> int:
        """Take bytes."""
        self._held += data
        # The last chunk has a mark of its own: a full one is held back until more comes.
        while len(self._held) > _CHUNK:
            self._put(self._held[:_CHUNK], is_last=False)
            self._held = self._held[_CHUNK:]
        return len(data)

    def flush(self) -> None:
        """Nothing: what is held goes out when a chunk is full."""

    def close(self) -> None:
        """Write the end."""
        self._put(self._held, is_last=True)
        self._held = b""

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._count, is_last=is_last), chunk, None))
        self._count += 1


def decrypted(source: BinaryIO, secret: str) -> Iterator[bytes]:
    """The content of an encrypted file, piece by piece.

    Raises InputError where it is none, is not for this key, or was changed or cut off: then what came before is no
    whole file. Raises OptionsError for a wrong key.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    file_key = _open_header(source, _raw(_SECRET, secret))
    cipher = ChaCha20Poly1305(_derive(file_key, source.read(16), b"payload"))
    chunk, count = source.read(_CHUNK + _TAG), 0
    while True:
        after = source.read(_CHUNK + _TAG)
        try:
            plain = cipher.decrypt(_nonce(count, is_last=not after), chunk, None)
        except InvalidTag as e:
            raise InputError("the encrypted file was changed or cut off; fetch it again") from e
        # An empty chunk stands only where nothing was encrypted: elsewhere something was put behind the end.
        if not plain and count:
            raise InputError("the encrypted file was changed or cut off; fetch it again")
        yield plain
        if not after:
            return
        chunk, count = after, count + 1


def _raw(kind: str, text: str) -> bytes:
    try:
        raw = decode(kind, text.strip().lower())
    except ValueError as e:
        what = "public key, such as age1..." if kind == _PUBLIC else "secret key, such as AGE-SECRET-KEY-1..."
        raise OptionsError(f"this is no {what} ({e})") from None
    if len(raw) != 32:
        raise OptionsError("this key has not 32 bytes")
    return raw


def _stanza(file_key: bytes, public: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    once = X25519PrivateKey.generate()
    share = once.public_key().public_bytes_raw()
    wrap = _derive(once.exchange(X25519PublicKey.from_public_bytes(public)), share + public, _LABEL)
    body = ChaCha20Poly1305(wrap).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _base64(share) + b"\n" + _base64(body)


def _open_header(source: BinaryIO, secret: bytes) -> bytes:
    """The file's own key. Raises InputError."""
    lines = _header_lines(source)
    head, mac = b"\n".join(lines)[: -len(lines[-1]) + 3], lines[-1][4:]
    for intro, body in zip(lines, lines[1:], strict=False):
        words = intro.split(b" ")
        key = _unwrapped(words[2], body, secret) if words[:2] == [b"->", b"X25519"] and len(words) == 3 else None
        if key is not None:
            if not hmac.compare_digest(_base64(_mac(key, head)), mac):
                raise InputError("the head of the encrypted file was changed; fetch it again")
            return key
    raise InputError("the file is not encrypted to this key; ask its sender for whom it was")


def _header_lines(source: BinaryIO) -> list[bytes]:
    lines, length = [source.readline(len(_VERSION) + 1).rstrip(b"\n")], 0
    if lines[0] != _VERSION:
        raise InputError("this is no encrypted file of the age format")
    while not lines[-1].startswith(b"--- "):
        line = source.readline(_LONGEST_HEADER)
        length += len(line)
        if not line.endswith(b"\n") or length > _LONGEST_HEADER:
            raise InputError("the head of the encrypted file is cut off; fetch it again")
        lines.append(line[:-1])
    return lines


def _unwrapped(share: bytes, body: bytes, secret: bytes) -> bytes | None:
    """The file's key out of one stanza; None where it is for somebody else."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    own = X25519PrivateKey.from_private_bytes(secret)
    try:
        raw = _unbase64(share)
        shared = own.exchange(X25519PublicKey.from_public_bytes(raw))
        wrap = _derive(shared, raw + own.public_key().public_bytes_raw(), _LABEL)
        return ChaCha20Poly1305(wrap).decrypt(bytes(12), _unbase64(body), None)
    except (InvalidTag, ValueError):
        return None


def _derive(secret: bytes, salt: bytes, label: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt, label).derive(secret)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", b"header"), head, "sha256")


def _nonce(count: int, *, is_last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([is_last])


def _base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _unbase64(text: bytes) -> bytes:
    return b64decode(text + b"=" * (-len(text) % 4), validate=True)
