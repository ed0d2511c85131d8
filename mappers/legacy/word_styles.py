"""The fonts that the styles of a Word document give to its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mappers.legacy.xml_parts import Handler

_DEEPEST = 20
DEFAULT = ""


@dataclass(frozen=True)
class Styles:
    """fonts: of each style that names one; above: the style that each is based on. "" stands for the document."""

    fonts: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, str] = field(default_factory=dict)

    def font(self, *names: str) -> str:
        """The font of the first style that has one, by itself or by those it is based on; else the document's."""
        for name in names:
            at = name
            # Not for ever: damaged styles may stand on each other in a circle.
            for _ in range(_DEEPEST):
                if not at:
                    break
                if at in self.fonts:
                    return self.fonts[at]
                at = self.above.get(at, "")
        return self.fonts.get(DEFAULT, "")


def font_of(attributes: Mapping[str, str]) -> str:
    """The font that a w:rFonts names: that of Latin letters, which is what a legacy font takes the place of."""
    for kind in ("ascii", "hAnsi", "cs", "h-ansi"):
        for prefix in ("w:", ""):
            if name := attributes.get(prefix + kind):
                return name
    return ""


def value_of(attributes: Mapping[str, str], name: str = "val") -> str:
    """An attribute of the w namespace."""
    return attributes.get(f"w:{name}", attributes.get(name, ""))


class StyleSheet(Handler[None]):
    """Listens to word/styles.xml."""

    def __init__(self) -> None:
        super().__init__()
        self.fonts: dict[str, str] = {}
        self.above: dict[str, str] = {}
        self._style = DEFAULT
        self._is_default = False
        self._default_of_paragraphs = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "style":
            self._style = value_of(attributes, "styleId")
            if value_of(attributes, "type") == "paragraph" and value_of(attributes, "default") in ("1", "true", "on"):
                self._default_of_paragraphs = self._style
        elif name == "basedOn":
            self.above[self._style] = value_of(attributes)
        elif name == "rFonts" and (font := font_of(attributes)):
            self.fonts.setdefault(self._style, font)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "style":
            self._style = DEFAULT

    def styles(self) -> Styles:
        """What was found. The default style of paragraphs counts for more than the document's defaults."""
        fonts = dict(self.fonts)
        if own := Styles(fonts, self.above).font(self._default_of_paragraphs):
            fonts[DEFAULT] = own
        return Styles(fonts, self.above)
