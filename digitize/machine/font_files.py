"""Fonts bundled with the toolkit, one file per script, so that output does not depend on installed fonts."""

from __future__ import annotations

import base64
import gzip
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

OWN = "Own "
"""Before the script, in the name by which a page asks for such a font."""


def font_folder() -> Traversable:
    """Folder of the fonts: SCRIPT.woff2 by ISO 15924, Noto under the SIL Open Font License (OFL.txt in the same
    folder).
    """
    return resources.files("digitize.machine") / "fonts"


@cache
def font_rule(script: str) -> str:
    """CSS rule that embeds a font in a single-file page; "" for a script without one."""
    file = font_folder() / f"{script}.woff2"
    if not file.is_file():
        return ""
    data = base64.b64encode(file.read_bytes()).decode("ascii")
    return f'@font-face {{ font-family: "{OWN}{script}"; src: url("data:font/woff2;base64,{data}") format("woff2"); }}'


def print_font(script: str) -> bytes:
    """TrueType font to print a script (ISO 15924), with the same outlines as the web font. b"" if none."""
    file = resources.files("digitize.machine") / "print_fonts" / f"{script}.ttf.gz"
    # Not WOFF2, which only a library that nothing else needs unpacks.
    return gzip.decompress(file.read_bytes()) if file.is_file() else b""
