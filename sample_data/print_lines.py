"""Draws the lines of print in lines/: one lightly and one heavily worn in each language, of invented text.

python sample_data/print_lines.py        (needs fontconfig and Noto fonts: sudo apt-get install fonts-noto-core)

Seeded: the same fonts give the same pixels. lines/set.jsonl says what is written, as benchmarks/read.py takes it.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FOLDER = Path(__file__).resolve().parent / "lines"
TEXTS = {
    "eng": ("Crime No. 224/1987 under section 379 registered", "The house of the complainant was broken into"),
    "hin": ("थाना कोतवाली अपराध संख्या २२४/१९८७ धारा ३७९", "रात में दुकान का ताला टूटा मिला"),
    "mar": ("गुन्हा क्रमांक २२४/१९८७ कलम ३७९ प्रमाणे", "रात्री दुकानाचे कुलूप तुटलेले दिसले"),
    "ben": ("থানা মামলা নং ২২৪/১৯৮৭ ধারা ৩৭৯", "রাতে দোকানের তালা ভাঙা পাওয়া গেল"),
    "asm": ("থানা গোচৰ নং ২২৪/১৯৮৭ ধাৰা ৩৭৯", "ৰাতি দোকানৰ তলা ভঙা পোৱা গ'ল"),
    "tam": ("குற்ற எண் 224/1987 பிரிவு 379", "இரவில் கடையின் பூட்டு உடைக்கப்பட்டது"),
    "tel": ("నేరం నంబర్ 224/1987 సెక్షన్ 379", "రాత్రి దుకాణం తాళం పగలగొట్టారు"),
    "kan": ("ಅಪರಾಧ ಸಂಖ್ಯೆ 224/1987 ಕಲಂ 379", "ರಾತ್ರಿ ಅಂಗಡಿಯ ಬೀಗ ಮುರಿಯಲಾಗಿದೆ"),
    "mal": ("കേസ് നമ്പർ 224/1987 വകുപ്പ് 379", "രാത്രിയിൽ കടയുടെ പൂട്ട് തകർത്തു"),
    "guj": ("ગુના નંબર ૨૨૪/૧૯૮૭ કલમ ૩૭૯", "રાત્રે દુકાનનું તાળું તૂટેલું મળ્યું"),
    "pan": ("ਮੁਕੱਦਮਾ ਨੰਬਰ 224/1987 ਧਾਰਾ 379", "ਰਾਤ ਨੂੰ ਦੁਕਾਨ ਦਾ ਤਾਲਾ ਟੁੱਟਾ ਮਿਲਿਆ"),
    "ori": ("ମାମଲା ନମ୍ବର ୨୨୪/୧୯୮୭ ଧାରା ୩୭୯", "ରାତିରେ ଦୋକାନର ତାଲା ଭଙ୍ଗା ମିଳିଲା"),
}
"""Of each language a line with a number and one without."""
FONTS = {
    "hin": "Serif Devanagari", "mar": "Serif Devanagari", "ben": "Serif Bengali", "asm": "Serif Bengali",
    "tam": "Serif Tamil", "tel": "Serif Telugu", "kan": "Serif Kannada", "mal": "Serif Malayalam",
    "guj": "Serif Gujarati", "pan": "Serif Gurmukhi", "ori": "Sans Oriya", "eng": "Serif",
}  # fmt: skip
_SEED = 20251126
_HEIGHT, _SIZE = 84, 34


def main() -> None:
    """Draw all lines and write set.jsonl."""
    FOLDER.mkdir(exist_ok=True)
    rng = np.random.default_rng(_SEED)
    rows = []
    for lang, texts in TEXTS.items():
        font = ImageFont.truetype(_font(lang), _SIZE, layout_engine=ImageFont.Layout.RAQM)
        for wear, text in zip(("light", "heavy"), texts, strict=True):
            name = f"{lang}_{wear}.jpg"
            _worn(_drawn(text, font), rng, heavy=wear == "heavy").save(FOLDER / name, quality=72)
            rows.append(
                {"id": f"{lang}-{wear}", "lang": lang, "kind": "printed", "unit": "line", "image": name,
                 "text": text, "wear": wear, "synthetic": True}
            )  # fmt: skip
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (FOLDER / "set.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _font(lang: str) -> str:
    asked = ["fc-match", "-f", "%{file}", f"Noto {FONTS[lang]}:style=Regular"]
    path = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    if FONTS[lang].replace(" ", "") not in Path(path).name:
        raise SystemExit(f"No font Noto {FONTS[lang]}: sudo apt-get install fonts-noto-core fonts-noto-extra")
    return path


def _drawn(text: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    left, top, right, bottom = font.getbbox(text)
    page = Image.new("L", (int(right - left) + 60, _HEIGHT), 0)
    ImageDraw.Draw(page).text((30 - left, (_HEIGHT - (bottom - top)) / 2 - top), text, 255, font)
    return page


def _worn(ink: Image.Image, rng: np.random.Generator, *, heavy: bool) -> Image.Image:
    """Faded ink on uneven paper; heavily worn lines are askew, ruled and speckled as well."""
    if heavy:
        ink = ink.rotate(float(rng.uniform(-1, 1)), Image.Resampling.BICUBIC)
    strokes = np.asarray(ink.filter(ImageFilter.GaussianBlur(1.0 if heavy else 0.6)), np.float64) / 255
    height, width = strokes.shape
    paper = 205 + 25 * _cloud(rng, height, width, 70) + rng.normal(0, 5 if heavy else 2, (height, width))
    depth = (95 + 50 * _cloud(rng, height, width, 40)) if heavy else 170
    page = paper - depth * strokes
    if heavy:
        row = height - 12 + np.arange(width) * float(rng.uniform(-0.01, 0.01))
        page[np.clip(row.astype(int), 0, height - 1), np.arange(width)] -= 70
        for x, y in zip(rng.integers(4, width - 4, 6), rng.integers(4, height - 4, 6), strict=True):
            page[y - 1 : y + 2, x - 1 : x + 2] = 70
    return Image.fromarray(np.clip(page, 0, 255).astype(np.uint8))


def _cloud(
    rng: np.random.Generator, height: int, width: int, cell: int
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    coarse = rng.uniform(-1, 1, (max(2, height // cell + 1), max(2, width // cell + 1)))
    smooth = Image.fromarray(coarse.astype(np.float32)).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(smooth, np.float64)


if __name__ == "__main__":
    main()
