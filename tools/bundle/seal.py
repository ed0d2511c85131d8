"""Write what a bundle is, the sums of its files, and a signature: `python tools/bundle/seal.py DIR PYTHON [KEY]`.

PYTHON: the version of the offices, such as 3.13. KEY: a signing key (digitize.machine.signing).
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from digitize import __version__
from digitize.machine.installing import MANIFEST, SIGNATURE, SUMS
from digitize.machine.signing import open_key


def seal(folder: Path, python: str, key: Path | None) -> None:
    """Write manifest, sums and, with a key, the signature. Raises KeyUnusable."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    signer = open_key(key) if key is not None else None
    # In what the sums are over: the sum that a person compares at the first installation is over the key, too.
    public = {"key": signer.public} if signer else {}
    told = {"format": 1, "version": __version__, "made": made, "python": python, **public}
    (folder / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in (SUMS, SIGNATURE))
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(folder).as_posix()}\n" for p in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    if signer is not None:
        signature = signer.sign((folder / SUMS).read_bytes())
        (folder / SIGNATURE).write_text(f"{signer.public}\n{signature}\n", encoding="ascii")


if __name__ == "__main__":
    _folder, _python, *_key = (a for a in sys.argv[1:] if a)
    seal(Path(_folder), _python, Path(_key[0]) if _key else None)
