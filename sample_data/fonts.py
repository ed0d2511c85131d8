"""The fonts that the samples are drawn with: where they lie, and which package brings each.

Fonts are needed to draw the samples anew, never to use them. All are under the SIL Open Font License 1.1 and come as
npm packages; none is copied into this repository.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from PIL import ImageFont, features

FOLDER = Path(__file__).parent / ".fonts"
SCOPE = "@fontsource"
VERSIONS: Mapping[str, str] = MappingProxyType(
    {
        "akaya-kanadaka": "5.0.8",
        "akaya-telivigala": "5.3.0",
        "arima": "5.1.0",
        "arimo": "5.3.0",
        "atma": "5.3.0",
        "baloo-bhaina-2": "5.2.8",
        "baloo-paaji-2": "5.1.1",
        "caveat": "5.3.0",
        "chilanka": "5.3.0",
        "farsan": "5.3.0",
        "galada": "5.2.8",
        "kalam": "5.3.0",
        "kavivanar": "5.3.0",
        "noto-nastaliq-urdu": "5.3.0",
        "noto-sans-gurmukhi": "5.3.0",
        "noto-sans-kannada": "5.3.0",
        "noto-sans-oriya": "5.3.0",
        "noto-serif": "5.3.0",
        "noto-serif-bengali": "5.3.0",
        "noto-serif-devanagari": "5.3.0",
        "noto-serif-gujarati": "5.3.0",
        "noto-serif-malayalam": "5.3.0",
        "noto-serif-tamil": "5.3.0",
        "noto-serif-telugu": "5.3.0",
        "patrick-hand": "5.3.0",
        "shadows-into-light": "5.3.0",
        "tillana": "5.2.8",
    }
)
"""Package of each font family and the version the committed samples were drawn with."""


class FontMissing(Exception):
    """A font is not on this machine; the message names the package that brings it."""


@dataclass(frozen=True)
class Hand:
    """A way to write or print: one font file for an Indian script (or none), one for everything else.

    scale: by how much the size is multiplied so that hands look equally large. right_to_left: which way it runs.
    """

    name: str
    latin: str
    indic: str = ""
    weight: int = 400
    scale: float = 1.0
    right_to_left: bool = False


HANDS: Mapping[str, tuple[Hand, ...]] = MappingProxyType(
    {
        "en": (
            Hand("kalam", "kalam-latin"),
            Hand("patrick-hand", "patrick-hand-latin", scale=1.05),
            Hand("caveat", "caveat-latin", scale=1.2),
            Hand("shadows-into-light", "shadows-into-light-latin", scale=1.05),
        ),
        "hi": (
            Hand("kalam", "kalam-latin", "kalam-devanagari"),
            Hand("tillana", "tillana-latin", "tillana-devanagari", scale=1.05),
        ),
        "bn": (
            Hand("atma", "atma-latin", "atma-bengali", scale=1.05),
            Hand("galada", "galada-latin", "galada-bengali", scale=0.95),
        ),
        "ta": (
            Hand("kavivanar", "kavivanar-latin", "kavivanar-tamil", scale=0.9),
            Hand("arima", "arima-latin", "arima-tamil", scale=0.85),
        ),
        "mr": (Hand("kalam", "kalam-latin", "kalam-devanagari"),),
        "te": (Hand("akaya-telivigala", "akaya-telivigala-latin", "akaya-telivigala-telugu"),),
        "kn": (Hand("akaya-kanadaka", "akaya-kanadaka-latin", "akaya-kanadaka-kannada"),),
        "ml": (Hand("chilanka", "chilanka-latin", "chilanka-malayalam", scale=0.9),),
        "gu": (Hand("farsan", "farsan-latin", "farsan-gujarati", scale=1.1),),
        "pa": (Hand("baloo-paaji-2", "baloo-paaji-2-latin", "baloo-paaji-2-gurmukhi", scale=0.95),),
        "or": (Hand("baloo-bhaina-2", "baloo-bhaina-2-latin", "baloo-bhaina-2-oriya", scale=0.95),),
        "as": (Hand("atma", "atma-latin", "atma-bengali", scale=1.05),),
        "ur": (
            Hand("noto-nastaliq-urdu", "noto-serif-latin", "noto-nastaliq-urdu-arabic", scale=0.8, right_to_left=True),
        ),
    }
)
"""Who can write which language, the first being the most legible."""

PRINTS: Mapping[str, Hand] = MappingProxyType(
    {
        "en": Hand("noto-serif", "noto-serif-latin"),
        "hi": Hand("noto-serif-devanagari", "noto-serif-devanagari-latin", "noto-serif-devanagari-devanagari"),
        "bn": Hand("noto-serif-bengali", "noto-serif-bengali-latin", "noto-serif-bengali-bengali"),
        "ta": Hand("noto-serif-tamil", "noto-serif-tamil-latin", "noto-serif-tamil-tamil", scale=0.86),
        "mr": Hand("noto-serif-devanagari", "noto-serif-devanagari-latin", "noto-serif-devanagari-devanagari"),
        "te": Hand("noto-serif-telugu", "noto-serif-latin", "noto-serif-telugu-telugu", scale=0.9),
        "kn": Hand("noto-sans-kannada", "noto-serif-latin", "noto-sans-kannada-kannada", scale=0.9),
        "ml": Hand("noto-serif-malayalam", "noto-serif-latin", "noto-serif-malayalam-malayalam", scale=0.86),
        "gu": Hand("noto-serif-gujarati", "noto-serif-latin", "noto-serif-gujarati-gujarati"),
        "pa": Hand("noto-sans-gurmukhi", "noto-serif-latin", "noto-sans-gurmukhi-gurmukhi"),
        "or": Hand("noto-sans-oriya", "noto-serif-latin", "noto-sans-oriya-oriya"),
        "as": Hand("noto-serif-bengali", "noto-serif-bengali-latin", "noto-serif-bengali-bengali"),
        "ur": Hand(
            "noto-nastaliq-urdu", "noto-serif-latin", "noto-nastaliq-urdu-arabic", scale=0.8, right_to_left=True
        ),
        "wbp": Hand("arimo", "arimo-latin"),
    }
)
"""What the forms are printed in."""


class Fonts:
    """The font files in one folder, opened when they are first asked for."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder / "node_modules" / SCOPE

    @lru_cache(maxsize=256)  # noqa: B019 - one Fonts lives as long as the run
    def open(self, stem: str, weight: int, size: int) -> ImageFont.FreeTypeFont:
        """The font of a file stem such as "kalam-devanagari". Raises FontMissing naming the package."""
        package = _package(stem)
        path = self._folder / package / "files" / f"{stem}-{weight}-normal.woff"
        if not path.is_file():
            raise FontMissing(_advice(package, path))
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)

    def check(self) -> None:
        """Raise FontMissing unless every font is there and Pillow can shape Indian scripts."""
        if not features.check("raqm"):
            raise FontMissing("this Pillow cannot shape Indian scripts; install Pillow from a wheel, which brings raqm")
        for hand in all_hands():
            for stem in filter(None, (hand.latin, hand.indic)):
                self.open(stem, hand.weight, 20)


def all_hands() -> Iterator[Hand]:
    """Every hand and print."""
    for hands in HANDS.values():
        yield from hands
    yield from PRINTS.values()


def _package(stem: str) -> str:
    return max((p for p in VERSIONS if stem.startswith(f"{p}-")), key=len)


def _advice(package: str, path: Path) -> str:
    return (
        f"font package {SCOPE}/{package} is missing (looked for {path.name}). "
        f"To fetch all of them, as {FOLDER.name}/package-lock.json lists them:\n  (cd {FOLDER} && npm ci)"
    )
