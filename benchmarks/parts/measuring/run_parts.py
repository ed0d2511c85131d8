"""What the benchmarks in parts share: their options, figures printed and written, parts kept so that a run goes on."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Bench:
    """What is measured. data: folder of the sets, of invented samples when is_quick.

    peer_python: a Python with a peer that cannot live in this environment, "" for none.
    """

    data: Path
    is_quick: bool
    peer_python: str = ""


Parts = Mapping[str, Callable[[Bench], Mapping[str, Any]]]


def run_parts(name: str, doc: str | None, parts: Parts, samples: Path) -> int:
    """Measure the parts that the command line asks for; those measured with the same code and data are kept.

    samples: the invented data of --quick.
    """
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", default=",".join(parts), help=f"of {', '.join(parts)}")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / f"digitize-bench-{name}")
    parser.add_argument("--fresh", action="store_true", help="measure again what the cache has")
    parser.add_argument("--peer-python", default="", help="a Python with the peer that the page names")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    a = parser.parse_args()
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    wanted = a.only.split(",")
    if set(wanted) - set(parts):
        parser.error(f"--only: parts are {', '.join(parts)}")
    bench = Bench(samples if a.quick else a.data, a.quick, a.peer_python)
    figures: dict[str, Any] = {}
    for part in wanted:
        kept = None if a.quick else a.cache / f"{part}-{_key(bench, part)}.json"
        found = _kept(kept) if kept is not None and not a.fresh else None
        if found is None:
            found = parts[part](bench)
            _keep(kept, found)
        _show(part, found)
        figures |= found
    if a.json:
        a.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _kept(path: Path) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    return found


def _keep(path: Path | None, found: Mapping[str, Any]) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found), encoding="utf-8")


def _key(bench: Bench, part: str) -> str:
    """Hash of the code and the data that a part's figures rest on."""
    h = hashlib.sha256(f"{part} {bench.data.resolve()} {bench.peer_python}".encode())
    code = [*(ROOT / "mappers").rglob("*"), *(ROOT / "benchmarks").rglob("*.py")]
    for path in sorted(p for p in code if p.is_file() and p.suffix != ".pyc"):
        h.update(path.name.encode() + path.read_bytes())
    for path in sorted(p for p in bench.data.rglob("*") if p.is_file() and ".git" not in p.parts):
        h.update(f"{path.name} {path.stat().st_size}".encode())
    return h.hexdigest()[:16]


def _show(part: str, found: Mapping[str, Any]) -> None:
    print(f"== {part}")
    for name, value in found.items():
        if isinstance(value, dict):
            print(f"{name}:")
            for k, v in value.items():
                print(f"    {k:32} {_plain(v)}")
        else:
            print(f"{name:36} {_plain(value)}")
    sys.stdout.flush()


def _plain(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
