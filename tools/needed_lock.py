"""Of a lock file, the entries that one wheel needs: `PYTHON tools/needed_lock.py LOCK WHEEL > needed.lock`.

What the wheel asks for, and what that brings, is resolved by PYTHON's pip with the locked versions. Fails where that
names a package that the lock file lacks. `--pin LOCK WHEEL` has a lock file name that one hash for the wheel's package.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def needed(lock: str, report: dict[str, list[dict[str, dict[str, str]]]]) -> str:
    """The entries of the report's packages. Raises KeyError with the names of those that are not locked."""
    names = {_plain(x["metadata"]["name"]) for x in report["install"]} - {"cctns-digitize"}
    entries = {_plain(e): e for e in re.split(r"\n(?=\S)", lock.strip())}
    if missing := names - set(entries):
        raise KeyError(", ".join(sorted(missing)))
    return "\n".join(entry for name, entry in entries.items() if name in names) + "\n"


def resolved(lock: str, wheel: Path) -> dict[str, list[dict[str, dict[str, str]]]]:
    """What pip would install with a wheel, held to the locked versions. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        versions, report = Path(folder) / "versions.txt", Path(folder) / "report.json"
        lines = (line.rstrip("\\ ") for line in lock.splitlines() if not line.startswith("    --hash"))
        versions.write_text("\n".join(lines), encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--dry-run"]
        how = ["--ignore-installed", "--report", str(report), "-c", str(versions)]
        subprocess.run([*pip, *how, str(wheel)], check=True, stdout=sys.stderr)
        found: dict[str, list[dict[str, dict[str, str]]]] = json.loads(report.read_text(encoding="utf-8"))
    return found


def pinned(lock: str, wheel: Path) -> str:
    """The lock file with the hash of one wheel as the only one of its package."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    entries = re.split(r"\n(?=\S)", lock.strip())
    own = f"{_plain(name)}=={version} \\\n    --hash=sha256:{digest}"
    return "\n".join(own if _plain(e) == _plain(name) else e for e in entries) + "\n"


def _plain(entry: str) -> str:
    found = re.match(r"[\w.-]+", entry)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


if __name__ == "__main__" and sys.argv[1] == "--pin":
    _file, _wheel = map(Path, sys.argv[2:])
    _file.write_text(pinned(_file.read_text(encoding="utf-8"), _wheel), encoding="utf-8")
elif __name__ == "__main__":
    _lock = Path(sys.argv[1]).read_text(encoding="utf-8")
    sys.stdout.write(needed(_lock, resolved(_lock, Path(sys.argv[2]))))
