"""Install versions of the toolkit from bundles side by side, and switch between them.

PREFIX/versions/0.3.0-1a2b3c4d5e6f/ one version: an environment of its own
    PREFIX/current a link to the one in use, switched atomically
    PREFIX/history a line for each switch: the day, then the version
    PREFIX/trusted.pub public keys (hex, a line each) by which updates must be signed

`make bundle` makes a bundle, a folder in which `SHA256SUMS` lists every other file, `SHA256SUMS.sig` holds the public
key and the signature over it (Ed25519, hex, a line each), `manifest.json` describes it. The first installation runs
this module from the bundle's wheel with a bare Python, so its top-level imports are from the standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import venv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from digitize.errors import UpdateRefused

SUMS, SIGNATURE, MANIFEST = "SHA256SUMS", "SHA256SUMS.sig", "manifest.json"
_FORMAT = 1
_LOCK, _STAGED = "requirements.lock", ".bundle-"
_WHOLE = "installed"  # the file that is written last into a version


@dataclass(frozen=True)
class Bundle:
    """A bundle whose files match its checksums. name: VERSION-HASH, its installation folder. made: UTC, ISO.

    key: public key of its signer, "" if unsigned; sums: the checksum file as verified, so that it cannot be swapped
    later.
    """

    folder: Path
    name: str
    version: str
    made: str
    python: str
    key: str
    sums: bytes


def open_bundle(folder: Path) -> Bundle:
    """Check each file of a bundle against its checksums.

    Raises UpdateRefused for missing, altered or unlisted files.
    """
    read, sums = _sums(folder)
    here = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() or p.is_symlink()}
    if missing := sorted(set(sums) - here):
        raise UpdateRefused(f"{folder}: {len(missing)} files are missing, first {missing[0]}. Copy the bundle again.")
    if more := sorted(here - set(sums) - {SUMS, SIGNATURE}):
        raise UpdateRefused(f"{folder}: {len(more)} files are not listed in {SUMS}, first {more[0]}. Remove them.")
    for name, digest in sums.items():
        path = folder / name
        if path.is_symlink() or _sha256(path) != digest:
            raise UpdateRefused(f"{path}: altered since the bundle was made. Copy the bundle again.")
    told = _manifest(folder)
    name = f"{told['version']}-{hashlib.sha256(read).hexdigest()[:12]}"
    return Bundle(folder, name, told["version"], told["made"], told["python"], told["key"], read)


def check_signature(bundle: Bundle, trusted: Path) -> None:
    """Verify that the bundle is signed by one of the keys in a file. Raises UpdateRefused."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not trusted.exists():
        raise UpdateRefused(f"{trusted} is missing: it lists the keys trusted to sign updates.")
    if trusted.stat().st_mode & stat.S_IWOTH:
        raise UpdateRefused(f"{trusted} can be written by anybody: check its keys, then chmod 644 {trusted}.")
    keys = trusted.read_text(encoding="ascii").split()
    try:
        public, signature = (bundle.folder / SIGNATURE).read_text(encoding="ascii").split()
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), bundle.sums)
    except FileNotFoundError:
        raise UpdateRefused(f"{bundle.folder}: the bundle is not signed; updates here must be ({trusted}).") from None
    except (ValueError, InvalidSignature):
        raise UpdateRefused(f"{bundle.folder}: the signature is wrong. Get the bundle from its source.") from None
    if public not in keys:
        raise UpdateRefused(f"{bundle.folder}: signed by key {public[:16]}, which is not in {trusted}.")


def install(bundle: Bundle, prefix: Path) -> Path:
    """Install a bundle alongside the others, without a network. Returns the version's folder; it is not in use yet.

    If killed, the version lacks its last file and the next call rebuilds it. Raises UpdateRefused if the bundle was
    made for another Python, or its packages do not install or start.
    """
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if running != bundle.python:
        raise UpdateRefused(
            f"The bundle is for Python {bundle.python}, but this is {running}: make one on this system."
        )
    target = prefix / "versions" / bundle.name
    if (target / _WHOLE).exists():
        return target
    shutil.rmtree(target, ignore_errors=True)
    for left in prefix.glob(f"{_STAGED}*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=prefix, prefix=_STAGED) as own:
        _install_from(_copy_bundle(bundle, Path(own)), target)
    (target / _WHOLE).write_text(json.dumps({"version": bundle.version, "made": bundle.made}), encoding="utf-8")
    return target


def _copy_bundle(bundle: Bundle, to: Path) -> Path:
    """Copy the bundle to a folder only we write to and verify it there: the original may be on a share or a USB
    stick.
    """
    (to / "wheels").mkdir()
    for name, digest in _read_sums(bundle.sums, bundle.folder).items():
        if name == _LOCK or name.startswith("wheels/"):
            shutil.copyfile(bundle.folder / name, to / name)
            if _sha256(to / name) != digest:
                raise UpdateRefused(f"{bundle.folder / name}: altered while it was installed. Copy the bundle again.")
    return to


def _install_from(folder: Path, target: Path) -> None:
    # The environment is of the system's Python even where an installed version's own runs this.
    venv.EnvBuilder(with_pip=True, symlinks=True).create(target)
    # -I: a folder `pip` where the command was called is not what runs.
    python = [str(target / "bin" / "python"), "-I"]
    pip = [*python, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-index"]
    wheels = ["--no-deps", "--find-links", str(folder / "wheels")]
    _call([*pip, *wheels, "--require-hashes", "-r", str(folder / _LOCK)])
    _call([*pip, *wheels, *map(str, sorted((folder / "wheels").glob("cctns_digitize-*.whl")))])
    # In bytes that Python keeps: the first command of each person would make them again, or could not write them.
    _call([*python, "-m", "compileall", "-q", str(target / "lib")], may_fail=True)
    _call([str(target / "bin" / "digitize"), "--version"])


def use(prefix: Path, name: str) -> None:
    """Have a version in use from now on. Commands that run go on with theirs."""
    link, fresh = prefix / "current", prefix / ".current.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(Path("versions") / name)
    with (prefix / "history").open("a", encoding="utf-8") as file:
        file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {name}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(link)
    command = prefix / "bin" / "digitize"
    command.parent.mkdir(exist_ok=True)
    if not command.is_symlink():
        command.symlink_to(Path("..") / "current" / "bin" / "digitize")


def in_use(prefix: Path) -> str:
    """Version in use, "" if none."""
    try:
        return (prefix / "current").readlink().name
    except OSError:
        return ""


def installed_versions(prefix: Path) -> list[tuple[str, str]]:
    """Complete versions with the build time of their bundles, newest first."""
    found = []
    for path in (prefix / "versions").glob(f"*/{_WHOLE}"):
        found.append((path.parent.name, str(json.loads(path.read_text(encoding="utf-8"))["made"])))
    return sorted(found, key=lambda v: (v[1], v[0]), reverse=True)


def update(folder: Path, prefix: Path, *, older: bool = False) -> str:
    """Verify a signed bundle, install it, and switch to it. Returns its version.

    older: allow a bundle older than the version in use. Raises UpdateRefused.
    """
    bundle = open_bundle(folder)
    check_signature(bundle, prefix / "trusted.pub")
    now = dict(installed_versions(prefix)).get(in_use(prefix), "")
    if bundle.made < now and not older:
        # An old version comes back with its faults, and its signature is still good.
        raise UpdateRefused(
            f"{folder}: made {bundle.made}, before the version in use ({now}). To install it anyway: --older"
        )
    use(prefix, install(bundle, prefix).name)
    return bundle.name


def roll_back(prefix: Path) -> str:
    """Switch back to the previous version. Returns its name. Raises UpdateRefused."""
    there, now = dict(installed_versions(prefix)), in_use(prefix)
    lines = (prefix / "history").read_text(encoding="utf-8").split("\n") if (prefix / "history").exists() else []
    before = [line.split()[-1] for line in lines if line.strip()]
    while before and (before[-1] == now or before[-1] not in there):
        before.pop()
    if not before:
        raise UpdateRefused(f"{prefix}: there is no version before {now or 'this one'} to go back to.")
    use(prefix, before[-1])
    return before[-1]


def prefix_of_this() -> Path:
    """The prefix that the running toolkit was installed under. Raises UpdateRefused when no bundle installed it."""
    home = Path(sys.prefix)
    if home.parent.name != "versions" or not (home / _WHOLE).exists():
        raise UpdateRefused("This toolkit was not installed from a bundle; update it the way it was installed.")
    return home.parent.parent


def _sums(folder: Path) -> tuple[bytes, dict[str, str]]:
    """The checksum file and its entries."""
    try:
        read = (folder / SUMS).read_bytes()
        return read, _read_sums(read, folder)
    except (OSError, UnicodeDecodeError):
        raise UpdateRefused(f"{folder}: no {SUMS} can be read there; this is not a bundle.") from None


def _read_sums(read: bytes, folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in read.decode("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        parts = PurePosixPath(name).parts
        if len(digest) != 64 or not parts or ".." in parts or name.startswith("/") or name in found:
            raise UpdateRefused(f"{folder / SUMS}: it has an invalid line. Copy the bundle again.")
        found[name] = digest
    return found


def _manifest(folder: Path) -> dict[str, str]:
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        if told["format"] != _FORMAT:
            raise UpdateRefused(f"{folder}: a bundle of format {told['format']}; this version installs {_FORMAT}.")
        found = {k: str(told[k]) for k in ("version", "made", "python")} | {"key": str(told.get("key", ""))}
        # It names a folder.
        if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.+!_-]*", found["version"]):
            raise ValueError(found["version"])
        return found
    except (OSError, ValueError, KeyError, TypeError):
        raise UpdateRefused(f"{folder / MANIFEST}: cannot be read; this is not a bundle.") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _call(command: list[str], *, may_fail: bool = False) -> None:
    # A checkout on the path, or settings of pip's, would be taken before what the bundle holds.
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}
    done = subprocess.run(command, capture_output=True, text=True, env=clean | {"PIP_CONFIG_FILE": os.devnull})
    if done.returncode and not may_fail:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise UpdateRefused(f"The bundle cannot be installed: {Path(command[0]).name}: {last}")


def main(arguments: list[str]) -> int:
    """First installation: BUNDLE PREFIX [SUM], called by install.sh. Prints the version. Returns an exit code.

    SUM: the checksum a person compared. It covers the key file, so that key is trusted from now on; it does not cover
    the signature file, in which anybody on the way could put another key.
    """
    folder, prefix = (Path(a).resolve() for a in arguments[:2])
    try:
        bundle = open_bundle(folder)
        if arguments[2:] and hashlib.sha256(bundle.sums).hexdigest() != arguments[2]:
            raise UpdateRefused(f"{folder}: altered since its sum was compared. Copy the bundle again.")
        prefix.mkdir(parents=True, exist_ok=True)
        use(prefix, install(bundle, prefix).name)
        trusted = prefix / "trusted.pub"
        if bundle.key and not trusted.exists():
            trusted.write_text(bundle.key + "\n", encoding="ascii")
            trusted.chmod(0o644)
    except UpdateRefused as e:
        sys.stderr.write(f"{e}\n")
        return 1
    sys.stdout.write(f"{bundle.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
