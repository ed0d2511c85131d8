"""Write a bill of materials (CycloneDX 1.6, JSON) of what a lock file installs: `python tools/sbom.py FILE [LOCK]`.

One component a locked package, with the hashes of its files as the lock file has them; licences are told where the
package is installed here. The same lock file and the same environment give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_PINNED = re.compile(r"^([\w.-]+)==([^\s;\\]+)[^\n]*((?:\n +--hash=sha256:[0-9a-f]{64}[ \\]*)*)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# What a License field says that is longer than this is the text of a licence, or a list of several.
_MOST_OF_A_NAME = 60


def bill(lock: str, project: dict[str, Any]) -> dict[str, Any]:
    """The bill as plain JSON. lock: the text of a lock file with hashes; project: that table of pyproject.toml."""
    name, version = project["name"], project["version"]
    itself = _component("application", name, version) | {"licenses": [{"license": {"id": project["license"]}}]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": itself},
        "components": list(_locked(lock)),
    }


def _locked(lock: str) -> Iterator[dict[str, Any]]:
    for name, version, hashes in _PINNED.findall(lock):
        component = _component("library", name, version)
        # A package has several files, one for each system: hashes of the component itself would mean one file.
        files = [{"alg": "SHA-256", "content": h} for h in _HASH.findall(hashes)]
        component["externalReferences"] = [{"type": "distribution", "url": component["purl"], "hashes": files}]
        if licence := _licence(name, version):
            component["licenses"] = [licence]
        yield component


def _component(kind: str, name: str, version: str) -> dict[str, Any]:
    # As the purl specification has it for pypi: small letters, dashes.
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version.replace('+', '%2B')}"
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _licence(name: str, version: str) -> dict[str, Any] | None:
    """What an installed package says of its licence, None where it is not here in this version or says nothing."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if told["Version"] != version:
        return None
    if expression := told.get("License-Expression"):
        return {"expression": expression}
    classes = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or () if c.startswith("License :: ")]
    plain = (told.get("License") or "").strip()
    named = plain if 0 < len(plain) <= _MOST_OF_A_NAME and "\n" not in plain else ", ".join(classes)
    return {"license": {"name": named}} if named else None


def main(out: Path, lock: Path = ROOT / "requirements.lock") -> None:
    """Write the bill of this checkout, or of what an installation takes of its lock file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    made = bill(lock.read_text(encoding="utf-8"), project)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{out}: {len(made['components'])} packages")  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python tools/sbom.py FILE [LOCK]")
    main(*map(Path, sys.argv[1:]))
