"""Make ocr/outputs/glyphless.ttf again: a font of one glyph, a box half as wide as high, for invisible text in PDFs.

The box is never drawn, but it must be there: PDFium leaves text out whose glyphs have no size.

Needs fontTools, which the toolkit itself does not: `python tools/glyphless_font.py` where it is installed.
"""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

TARGET = Path(__file__).parent.parent / "ocr" / "outputs" / "glyphless.ttf"


def main() -> None:
    """Write the font; the same bytes every time."""
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "space"])
    font.setupCharacterMap({32: "space"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 1000), (500, 1000), (500, 0)):
        pen.lineTo(corner)
    pen.closePath()
    font.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "space": pen.glyph()})
    font.setupHorizontalMetrics({".notdef": (500, 0), "space": (500, 0)})
    font.setupHorizontalHeader(ascent=1000, descent=0)
    font.setupNameTable({"familyName": "Glyphless", "styleName": "Regular", "psName": "Glyphless"})
    font.setupOS2(sTypoAscender=1000, sTypoDescender=0, usWinAscent=1000, usWinDescent=0, fsType=0)
    font.setupPost(keepGlyphNames=False)
    font.updateHead(created=0, modified=0)
    font.font.recalcTimestamp = False
    font.save(TARGET)


if __name__ == "__main__":
    main()
