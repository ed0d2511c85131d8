"""The workspace's signing key: Ed25519, made once, private to the site."""

from __future__ import annotations

from pathlib import Path

from digitize.machine import system


def create_key(path: Path) -> str:
    """Make a key pair: the private half at path, the public half beside it as .pub. Returns the public half in hex."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    system.make_private(path)
    public = key.public_key().public_bytes_raw().hex()
    path.with_suffix(".pub").write_text(public + "\n", encoding="ascii")
    return public


def sign(path: Path, message: bytes) -> str:
    """The signature of message by the key at path, hex. Raises OSError when the key is not there."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key.sign(message).hex()


def is_signed(public: str, message: bytes, signature: str) -> bool:
    """Whether signature is that of message by the key whose public half is given in hex."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
