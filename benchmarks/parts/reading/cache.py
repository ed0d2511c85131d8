"""An engine that remembers its answers in a file, so that a benchmark that was stopped goes on where it was."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ocr.engine import Engine, EngineText, LineImage
from ocr.engines.replay import ask_key, text_from_plain


class CachingEngine:
    """Passes on what was never asked; keyed by the crop's pixels, how it is to be read, and the engine's version."""

    def __init__(self, engine: Engine, path: Path) -> None:
        """path: of the file; made when it is not there."""
        self._engine = engine
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT)")
        self._version = engine.name_and_version()
        self.asked = 0

    def name_and_version(self) -> str:
        """Those of the engine behind."""
        return self._version

    def languages(self) -> frozenset[str]:
        """Those of the engine behind."""
        return self._engine.languages()

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """The answers, in order."""
        keys = [f"{self._version}|{ask_key(line)}" for line in lines]
        kept = {k: self._kept(k) for k in keys}
        new = [(k, line) for k, line in zip(keys, lines, strict=True) if kept[k] is None]
        for (key, _), text in zip(new, self._engine.read([line for _, line in new]), strict=True):
            plain = json.dumps(asdict(text), ensure_ascii=False)
            self._db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, plain))
            kept[key] = text
        self.asked += len(new)
        return [text for key in keys if (text := kept[key]) is not None]

    def _kept(self, key: str) -> EngineText | None:
        row = self._db.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        return text_from_plain(json.loads(row[0])) if row else None
