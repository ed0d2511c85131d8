"""Streams encrypted to public keys in the age format (age-encryption.org/v1), with X25519 keys: by pyrage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import pyrage
from pyrage import x25519

from digitize.errors import InputError, OptionsError

_BEGINS = b"age-encryption.org/v1\n"
_NOT_FOR_THIS_KEY = "No matching keys found"


class _Watched:
    """A stream wrapper that remembers its own error.

    pyrage 1.4 reports stream errors as its own, and drops one of the last write: a full disk would go unnoticed.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.hindered: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """Some bytes."""
        with self._watch():
            return self._stream.read(size)

    def write(self, data: bytes) -> int:
        """Take bytes."""
        with self._watch():
            return self._stream.write(data)

    def flush(self) -> None:
        """Flush the buffer."""
        with self._watch():
            self._stream.flush()

    @contextmanager
    def _watch(self) -> Iterator[None]:
        try:
            yield
        except Exception as e:
            self.hindered = e
            raise


def new_key() -> tuple[str, str]:
    """A new key pair: (secret "AGE-SECRET-KEY-1...", public "age1...")."""
    key = x25519.Identity.generate()
    return str(key), str(key.to_public())


def check_public(public: str) -> str:
    """Return the key if it is a public key. Raises OptionsError."""
    _recipient(public)
    return public.strip()


def encrypt(source: BinaryIO, out: BinaryIO, publics: Sequence[str]) -> None:
    """Encrypt source for the holders of the public keys, in constant memory.

    Raises OptionsError for invalid keys, and whatever source and out raise.
    """
    to = [_recipient(p) for p in publics]
    with _errors_of(source, out) as (reader, writer):
        pyrage.encrypt_io(reader, writer, to)


def decrypt(source: BinaryIO, out: BinaryIO, secret: str) -> None:
    """Decrypt a stream; the output is complete only when this returns.

    source must be seekable. Raises InputError if it is not encrypted, not for this key, changed or truncated;
    OptionsError for invalid keys; and whatever source and out raise.
    """
    key = _identity(secret)
    if source.read(len(_BEGINS)) != _BEGINS:
        raise InputError("this is not an encrypted file in the age format")
    source.seek(0)
    try:
        with _errors_of(source, out) as (reader, writer):
            pyrage.decrypt_io(reader, writer, [key])
    except pyrage.DecryptError as e:
        if str(e) == _NOT_FOR_THIS_KEY:
            raise InputError("the file is not encrypted to this key; ask its sender who it is for") from e
        raise InputError("the header of the encrypted file was altered or truncated; fetch it again") from e


@contextmanager
def _errors_of(source: BinaryIO, out: BinaryIO) -> Iterator[tuple[_Watched, _Watched]]:
    """Wrap both streams for pyrage, and raise their own errors instead of pyrage's."""
    both = _Watched(source), _Watched(out)
    try:
        yield both
    except Exception as e:
        _raise_hindered(both, e)
        # An OSError that no stream raised is pyrage's word for a chunk whose mark is wrong.
        if isinstance(e, OSError):
            raise InputError("the encrypted file was altered or truncated; fetch it again") from e
        raise
    _raise_hindered(both, None)


def _raise_hindered(streams: Sequence[_Watched], cause: Exception | None) -> None:
    for stream in streams:
        if stream.hindered is not None:
            raise stream.hindered from cause


def _recipient(public: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(public.strip())
    except pyrage.RecipientError as e:
        raise OptionsError(f"this is not a public key, such as age1... ({e})") from None


def _identity(secret: str) -> x25519.Identity:
    try:
        return x25519.Identity.from_str(secret.strip())
    # What pyrage says of it is not repeated: it is about a secret.
    except pyrage.IdentityError:
        raise OptionsError("this is not a secret key, such as AGE-SECRET-KEY-1...; a character is wrong") from None
