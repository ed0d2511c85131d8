"""Make the PDFs with good text layers in sample_data/text_layers/ again, by the programs that write most of them.

python sample_data/text_layers.py [--out FOLDER] [--all]

Needs Chromium, LibreOffice Writer and the Noto fonts on this machine; the committed files are a few of them (--all
makes all 26). Text: `truth.json`, invented. Another version of a program gives other bytes, so files are compared by
what they say (`tests/test_ocr_text_layer.py`), never by their bytes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent / "text_layers"
KEPT = (
    "chromium-en",
    "chromium-hi",
    "chromium-ta",
    "chromium-ur",
    "libreoffice-bn",
    "libreoffice-hi",
    "libreoffice-te",
)
REPEATS = 3


def truth() -> dict[str, list[str]]:
    """Language -> the paragraphs of its page, which stand on it REPEATS times."""
    found: dict[str, list[str]] = json.loads((HERE / "truth.json").read_text(encoding="utf-8"))
    return found


def said(language: str) -> str:
    """The whole text of a language's page, words parted by one blank."""
    return " ".join(" ".join(truth()[language] * REPEATS).split())


def page(language: str, paragraphs: list[str]) -> str:
    """A page of HTML."""
    direction = "rtl" if language == "ur" else "ltr"
    body = "".join(f"<p>{text}</p>" for text in paragraphs * REPEATS)
    style = "font-size:16pt"
    return f'<html lang="{language}" dir="{direction}"><meta charset="utf-8"><body style="{style}">{body}</body></html>'


def make(out: Path, names: tuple[str, ...]) -> None:
    """Print pages to PDF. names: program-language."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for language, paragraphs in truth().items():
            source = folder / f"{language}.html"
            source.write_text(page(language, paragraphs), encoding="utf-8")
            if f"chromium-{language}" in names:
                target = out / f"chromium-{language}.pdf"
                flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
                _run("chromium", *flags, f"--print-to-pdf={target}", source.as_uri())
            if f"libreoffice-{language}" in names:
                _office("odt:writer8", folder, source, "--infilter=HTML (StarWriter)")
                _office("pdf", folder, source.with_suffix(".odt"))
                source.with_suffix(".pdf").replace(out / f"libreoffice-{language}.pdf")


def _office(form: str, folder: Path, source: Path, *more: str) -> None:
    _run("soffice", "--headless", "--convert-to", form, *more, "--outdir", str(folder), str(source))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def main() -> None:
    """Make the committed files, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--all", action="store_true")
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    every = tuple(f"{program}-{language}" for program in ("chromium", "libreoffice") for language in truth())
    make(a.out, every if a.all else KEPT)


if __name__ == "__main__":
    main()
