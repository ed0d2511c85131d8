"""An office's signing key: Ed25519, generated once, private to the office."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.errors import KeyUnusable
from digitize.machine import system

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_VARIABLE = "DIGITIZE_KEY_PASSPHRASE"
_ASK_PASSPHRASE = f"Set {_VARIABLE}, or {_VARIABLE}_FILE to the name of a file that holds it."
_MEND = 'Restore the key from its safe copy, or create a new one: digitize keys rotate DIR --lost "reason"'


@dataclass(frozen=True)
class Signer:
    """A key in use. public: its public half in hex."""

    public: str
    _key: Ed25519PrivateKey

    def sign(self, message: bytes) -> str:
        """The signature of message, hex."""
        return self._key.sign(message).hex()


def create_key(path: Path, passphrase: str = "") -> str:
    """Create a key pair: the private half at path, the public half next to it as .pub. Returns the public half in hex.

    passphrase: encrypts the private half; every command that signs then needs it (`open_key`).
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode("utf-8"))
        if passphrase
        else serialization.NoEncryption(),
    )
    # Private from its first byte: made readable and closed afterwards, another user could open it in between.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text)
    system.make_private(path)
    public = key.public_key().public_bytes_raw().hex()
    path.with_suffix(".pub").write_text(public + "\n", encoding="ascii")
    return public


def open_key(path: Path) -> Signer:
    """Load the key at path for signing.

    Its passphrase, if any, comes from the environment: DIGITIZE_KEY_PASSPHRASE, or the file named by
    DIGITIZE_KEY_PASSPHRASE_FILE. Raises KeyUnusable if the key is missing, invalid, or readable by others.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        data = path.read_bytes()
    except OSError as e:
        raise KeyUnusable(f"{path}: the signing key cannot be read ({e.strerror}). {_MEND}") from e
    if system.is_open_to_others(path):
        raise KeyUnusable(f"{path}: other users can read the signing key. Correct this: chmod 600 {path}")
    try:
        is_locked = b"ENCRYPTED" in data
        key = load_pem_private_key(data, password=_passphrase(path) if is_locked else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as e:
        if is_locked:
            raise KeyUnusable(f"{path}: the passphrase does not open this key. {_ASK_PASSPHRASE}") from e
        raise KeyUnusable(f"{path}: this is not a signing key. {_MEND}") from e
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path}: this key is not an Ed25519 key. {_MEND}")
    return Signer(key.public_key().public_bytes_raw().hex(), key)


def _passphrase(path: Path) -> bytes:
    named = os.environ.get("DIGITIZE_KEY_PASSPHRASE_FILE")
    try:
        text = Path(named).read_text(encoding="utf-8").rstrip("\n") if named else os.environ.get(_VARIABLE, "")
    except OSError as e:
        raise KeyUnusable(f"{named}: the file with the passphrase cannot be read ({e.strerror}).") from e
    if not text:
        raise KeyUnusable(f"{path}: this key is protected by a passphrase. {_ASK_PASSPHRASE}")
    return text.encode("utf-8")


def sign(path: Path, message: bytes) -> str:
    """The signature of message by the key at path, hex. Raises KeyUnusable."""
    return open_key(path).sign(message)


def is_signed(public: str, message: bytes, signature: str) -> bool:
    """Verify a signature of a message. public: the public half in hex."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    # What somebody put there by hand need not even be text.
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
