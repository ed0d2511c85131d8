"""Recorded answers: an engine's readings stored by what was asked, for tests and machines without the engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ocr.engine import Engine, EngineText, LineImage
from ocr.errors import EngineFailed, EngineMissing
from ocr.page import Box, Candidate, Word

_FILE = "answers.json"
_FORMAT = 2


class ReplayEngine:
    """Gives back the answers of a recording; asked for a crop that is not in it, it fails and says so."""

    def __init__(self, folder: Path) -> None:
        """Read the recording in a folder. Raises EngineMissing when there is none, or it is of another format."""
        path = folder / _FILE
        if not path.is_file():
            raise EngineMissing(f"no recording in {folder}. Record one, or choose another engine.")
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.get("format") != _FORMAT:
            raise EngineMissing(f"{path}: a recording of format {data.get('format')}; record it again.")
        self._engine = str(data["engine"])
        self._languages = frozenset(data["languages"])
        self._answers: Mapping[str, Any] = data["answers"]

    def name_and_version(self) -> str:
        """Those of the recorded engine: a recording stands for it."""
        return self._engine

    def languages(self) -> frozenset[str]:
        """Those of the recorded engine."""
        return self._languages

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """The recorded answers. Raises EngineFailed for a crop that was never recorded."""
        keys = [ask_key(line) for line in lines]
        missing = sum(key not in self._answers for key in keys)
        if missing:
            raise EngineFailed(f"{missing} of {len(keys)} crops are not in the recording. Record it again.")
        return [text_from_plain(self._answers[key]) for key in keys]


class RecordingEngine:
    """Passes questions on to an engine and keeps its answers; save writes them for ReplayEngine."""

    def __init__(self, engine: Engine) -> None:
        """engine: the one that really reads."""
        self._engine = engine
        self._answers: dict[str, Any] = {}

    def name_and_version(self) -> str:
        """Those of the engine behind."""
        return self._engine.name_and_version()

    def languages(self) -> frozenset[str]:
        """Those of the engine behind."""
        return self._engine.languages()

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """What the engine behind reads. Raises what it raises."""
        texts = self._engine.read(lines)
        self._answers.update({ask_key(line): asdict(text) for line, text in zip(lines, texts, strict=True)})
        return texts

    def save(self, folder: Path) -> None:
        """Write the recording into a folder, over an older one."""
        data = {
            "format": _FORMAT,
            "engine": self.name_and_version(),
            "languages": sorted(self.languages()),
            "answers": self._answers,
        }
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
        # The same bytes on every system, so that a recording made again shows what changed.
        (folder / _FILE).write_text(text + "\n", encoding="utf-8", newline="\n")


def ask_key(line: LineImage) -> str:
    """What tells one question from another: the crop's pixels and how it is to be read; 32 hex digits."""
    how = f"{line.image.shape}|{','.join(line.languages)}|{line.block}|{line.digits}|{line.kind}|"
    # Added only where it is set, so that answers recorded before there was such a question are still found.
    if line.is_listed:
        how += "listed|"
    if line.model or line.raw_line:
        how += f"{line.model}|{line.raw_line}|"
    return hashlib.sha256(how.encode() + line.image.tobytes()).hexdigest()[:32]


def build(argument: str, timeout_s: float | None) -> ReplayEngine:
    """The engine of a recording. argument: its folder. Answers come at once, so no time limit is needed."""
    return ReplayEngine(Path(argument))


def text_from_plain(data: Mapping[str, Any]) -> EngineText:
    """An EngineText of the JSON types that asdict makes of one."""
    words = tuple(Word(w["text"], w["confidence"], Box(*w["box"])) for w in data["words"])
    others = tuple(Candidate(**c) for c in data["others"])
    return EngineText(data["text"], data["confidence"], words, others, tuple(data.get("matrices", ())))
