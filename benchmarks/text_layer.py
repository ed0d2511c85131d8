"""Which text layers of PDFs are believed, and what the believed ones say.

python benchmarks/text_layer.py [--data FOLDER] [--json FILE] [--quick]

Good layers are those of a folder of PDFs called PROGRAM-LANGUAGE.pdf that hold the texts of
sample_data/text_layers/truth.json (`python sample_data/text_layers.py --all --out FOLDER` makes 26); faulty ones are
made of them (sample_data/text_layers_spoil.py). Each page is judged without the cross-check by the reading engine and,
where Tesseract is installed, with it (`_read`). Peer beside it: believing any text there is, as those do who take what
pdfplumber finds or skip pages with text before OCRmyPDF. For good layers the share of characters got wrong (`cer`)
stands beside that of pdfplumber and PDFium.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import mean
from typing import Any

import pdfplumber
import pypdfium2 as pdfium
from rapidfuzz.distance import Levenshtein

from ocr.engine import Image, LineImage
from ocr.engines import load_engine
from ocr.page import Scan
from ocr.print.text_layer import ReadLine, TextLayer, read_text_layer
from ocr.scans.scan import open_page
from sample_data.text_layers import HERE, said
from sample_data.text_layers_spoil import faults


def main() -> int:
    """Measure and print. Returns 0 when no faulty layer was believed after the cross-check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="the samples alone")
    a = parser.parse_args()
    data = HERE if a.quick else a.data
    engine = _reader() if shutil.which("tesseract") else None
    with tempfile.TemporaryDirectory() as folder:
        result = good(data, engine) | faulty(data, Path(folder), engine)
    for name, value in result.items():
        print(f"{name:34} {value}")
    if a.json:
        a.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if result.get("faulty_refused_read", 1.0) == 1.0 else 1


def good(data: Path, engine: ReadLine | None) -> dict[str, Any]:
    """Shares of good layers believed, and what they say."""
    trusted, read, ours, plumber, fium, took = [], [], [], [], [], []
    for path in sorted(data.glob("*.pdf")):
        language = path.stem.rpartition("-")[2]
        begun = time.perf_counter()
        layer = _judge(path, language, None)
        took.append(time.perf_counter() - begun)
        trusted.append(layer.is_trusted)
        if engine is not None:
            read.append(_judge(path, language, engine).is_trusted)
        truth = _plain(said(language))
        ours.append(_wrong(layer.text.text, truth))
        plumber.append(_wrong(_plumber(path), truth))
        fium.append(_wrong("\n".join(p.get_textpage().get_text_bounded() for p in pdfium.PdfDocument(path)), truth))
    figures: dict[str, Any] = {"good": len(trusted), "good_trusted": mean(trusted), "peer_good_trusted": 1.0}
    if read:
        figures["good_trusted_read"] = mean(read)
    figures |= {"cer": mean(ours), "peer_cer_pdfplumber": mean(plumber), "peer_cer_pdfium": mean(fium)}
    return {k: round(v, 4) for k, v in figures.items()} | {"judged_s_median": round(sorted(took)[len(took) // 2], 3)}


def faulty(data: Path, folder: Path, engine: ReadLine | None) -> dict[str, Any]:
    """Shares of faulty layers refused, in all and by the reason they should be refused for."""
    refused: dict[str, list[bool]] = defaultdict(list)
    read: dict[str, list[bool]] = defaultdict(list)
    right, peer = [], []
    path = folder / "page.pdf"
    for name, language, made in faults(data):
        path.write_bytes(made)
        kind = name.partition(":")[0]
        layer = _judge(path, language, None)
        refused[kind].append(not layer.is_trusted)
        right.append(layer.reason == kind)
        peer.append(not _plumber(path).strip())
        if engine is not None:
            # What was refused without the cross-check is not read: it can refuse more, never less.
            read[kind].append(not layer.is_trusted or not _judge(path, language, engine).is_trusted)
    figures: dict[str, Any] = {"faulty": len(right), "faulty_refused": _share(refused.values())}
    if read:
        figures["faulty_refused_read"] = _share(read.values())
    figures |= {"peer_faulty_refused": round(mean(peer), 4), "faulty_reason_right": round(mean(right), 4)}
    return figures | {f"refused_{k}": round(mean((read or refused)[k]), 4) for k in sorted(refused)}


def _judge(path: Path, language: str, engine: ReadLine | None) -> TextLayer:
    scan = Scan(path, "")
    return read_text_layer(scan, open_page(scan).grey, tuple(dict.fromkeys((language, "en"))), engine)


def _reader() -> ReadLine:
    engine = load_engine("tesseract", 600.0)

    def read(image: Image, languages: tuple[str, ...]) -> str:
        return engine.read([LineImage(image, languages)])[0].text

    return read


def _plumber(path: Path) -> str:
    with pdfplumber.open(path) as pdf:
        return "\n".join(page.extract_text() or "" for page in pdf.pages)


def _wrong(text: str, truth: str) -> float:
    return Levenshtein.distance(_plain(text), truth) / len(truth)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _share(groups: Iterable[list[bool]]) -> float:
    return round(mean(x for group in groups for x in group), 4)


if __name__ == "__main__":
    sys.exit(main())
