"""RTF cut into what tables are made of: texts with their fonts, ends of cells, rows and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from mappers.encodings.tables import WEST

_CHUNK = 1 << 18
_LONGEST_TOKEN = 1 << 16
_DEEPEST = 2000
_MOST_FONTS = 4096
_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?[0-9]{1,10})?[ ]?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z'])|\\'"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n\0]++)|[\r\n\0]++",
    re.DOTALL,
)
# Groups that hold no text of the document.
_DESTINATIONS = """
    annotation atnauthor atnid author bkmkend bkmkstart colorschememapping colortbl comment datastore filetbl fldinst
    footer footerf footerl footerr generator header headerf headerl headerr info latentstyles listoverridetable
    listtable mmathpr nonesttables nonshppict objclass objdata objname operator pgptbl pict revtbl rsidtbl stylesheet
    tc template themedata title xe xmlnstbl
"""
_NOT_TEXT = frozenset(_DESTINATIONS.split())
_SPECIAL = {"tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
            "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " "}  # fmt: skip
_SIGNS = {b"~": "\xa0", b"_": "-", b"\t": "\t", b"{": "{", b"}": "}", b"\\": "\\"}
# Source: the RTF specification 1.9, \fcharset.
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_OF_DOCUMENT = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_SYMBOL = 2


class RtfEvent(NamedTuple):
    """kind: "text", "cell", "row", "par", "trowd", "cellx", "pard", "intbl", "merged" (a cell that goes on from above),
    "nestcell", "nestrow". text: with font. raw: the bytes it was written with, where nothing says how to read them.
    """

    kind: str
    offset: int
    text: str = ""
    font: str = ""
    raw: bytes | None = None
    number: int = 0


@dataclass(slots=True)
class _State:
    """What holds within a group. skips: its text is none of the document; uc: stand-ins behind a character by number.

    is_nested: it describes a row of a table within a cell.
    """

    font: int = -1
    skips: bool = False
    uc: int = 1
    is_font_table: bool = False
    is_nested: bool = False


@dataclass
class RtfScan:
    """One file on its way. ends_early: it ends within a group."""

    path: Path
    code_page: str = ""
    ends_early: bool = False
    fonts: dict[int, str] = field(default_factory=dict)
    charsets: dict[int, int] = field(default_factory=dict)
    _default: int = -1
    _naming: int = -1
    _pending: int = 0
    _half: int = 0
    _is_new: bool = False
    _is_starred: bool = False

    def events(self) -> Iterator[RtfEvent]:
        """What the file says, in order."""
        self._states = [_State()]
        depth = 0
        data, at, base = b"", 0, 0
        with self.path.open("rb") as f:
            while True:
                m = _TOKEN.match(data, at)
                # A control word near the end of a piece may go on in the next.
                if m is None or m.end() >= len(data) - 64:
                    chunk = f.read(_CHUNK) if len(data) - at < _LONGEST_TOKEN + _CHUNK else b""
                    if chunk:
                        base, data, at = base + at, data[at:] + chunk, 0
                        continue
                    if m is None:
                        if at >= len(data):
                            break
                        at += 1
                        continue
                offset, at = base + at, m.end()
                if m["brace"]:
                    depth = self._brace(m["brace"], depth)
                    if depth <= 0:
                        return
                # Raw bytes of a picture follow, which may look like anything.
                elif m["word"] == b"bin":
                    skip = max(int(m["number"] or b"0"), 0)
                    if at + skip > len(data):
                        f.seek(base + at + skip)
                        base, data, at = base + at + skip, b"", 0
                    else:
                        at += skip
                elif event := self._token(m, offset):
                    yield event
        self.ends_early = True

    def _brace(self, brace: bytes, depth: int) -> int:
        self._pending = self._half = 0
        self._is_starred = False
        if brace == b"{":
            # Still deeper groups share the last state, so that memory stays bounded.
            if depth < _DEEPEST:
                self._states.append(replace(self._states[-1]))
            self._is_new = True
            return depth + 1
        self._is_new = False
        if len(self._states) > 1 and depth <= _DEEPEST:
            self._states.pop()
        return depth - 1

    def _token(self, m: re.Match[bytes], offset: int) -> RtfEvent | None:
        state = self._states[-1]
        is_new, self._is_new = self._is_new, False
        if m["word"]:
            return self._word(m["word"].decode("ascii"), m["number"], offset, state, is_new=is_new)
        if text := m["text"]:
            skipped = min(self._pending, len(text))
            self._pending -= skipped
            return self._bytes(text[skipped:], offset + skipped, state)
        sign = m["sign"]
        if sign == b"*" and is_new:
            self._is_starred = self._is_new = True
        elif sign in (b"\n", b"\r"):
            return self._if_shown(state, RtfEvent("par", offset))
        elif self._pending and (m["hex"] or sign):
            self._pending -= 1
        elif m["hex"]:
            return self._bytes(bytes((int(m["hex"], 16),)), offset, state)
        elif sign in _SIGNS:
            return self._show_text(_SIGNS[sign], offset, state)
        return None

    def _word(self, word: str, number: bytes | None, offset: int, state: _State, *, is_new: bool) -> RtfEvent | None:
        value = int(number) if number else 0
        if word == "nesttableprops":
            state.is_nested = True
        elif (is_new and word.lower() in _NOT_TEXT) or (self._is_starred and word != "shppict"):
            state.skips, state.is_font_table = True, False
        self._is_starred = False
        if word == "u":
            return self._unicode(value, offset, state)
        self._half = 0
        if self._pending:
            self._pending -= 1
        if word == "fonttbl":
            state.is_font_table = state.skips = True
        elif word == "f":
            state.font = value
            self._naming = value
            if state.is_font_table:
                self.fonts.pop(value, None)
        elif word == "fcharset" and state.is_font_table and len(self.charsets) < _MOST_FONTS:
            self.charsets[self._naming] = value
        elif word == "deff":
            self._default = value
        elif word == "plain":
            state.font = self._default
        elif word == "uc":
            state.uc = min(max(value, 0), 16)
        elif word == "ansicpg" and number:
            self.code_page = f"cp{value}"
        elif word in _OF_DOCUMENT and not self.code_page:
            self.code_page = _OF_DOCUMENT[word]
        elif word in _SPECIAL:
            return self._show_text(_SPECIAL[word], offset, state)
        elif word in _KINDS:
            return self._if_shown(state, RtfEvent(_KINDS[word], offset, number=value))
        return None

    def _if_shown(self, state: _State, event: RtfEvent) -> RtfEvent | None:
        return event if not state.skips and (not state.is_nested or event.kind == "nestrow") else None

    def _show_text(self, text: str, offset: int, state: _State) -> RtfEvent | None:
        return None if state.skips else RtfEvent("text", offset, text, self.fonts.get(state.font, ""))

    def _unicode(self, value: int, offset: int, state: _State) -> RtfEvent | None:
        self._pending = state.uc
        # The number is signed: characters above 32767 are written as negative ones.
        code = value % 65536
        half, self._half = self._half, 0
        # A font of symbols has its characters at F000 and up.
        if 0xF000 <= code <= 0xF0FF:
            return self._show_text(WEST[code - 0xF000], offset, state)
        if 0xD800 <= code < 0xDC00:
            self._half = code
            return None
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((half - 0xD800) << 10) + code - 0xDC00 if half else 0
        return self._show_text(chr(code), offset, state) if code else None

    def _bytes(self, data: bytes, offset: int, state: _State) -> RtfEvent | None:
        if not data:
            return None
        self._half = 0
        if state.is_font_table:
            self._name(data)
        if state.skips:
            return None
        font = self.fonts.get(state.font, "")
        return RtfEvent("text", offset, self._read(data, state), font, self._raw(data, state))

    def _name(self, data: bytes) -> None:
        name, end, _ = data.partition(b";")
        if len(self.fonts) < _MOST_FONTS and len(name) < 200:
            known = self.fonts.get(self._naming, "") if self._naming in self.fonts else ""
            self.fonts[self._naming] = (known + name.decode("latin-1")).strip()
        if end:
            self._naming = -1

    def _page(self, state: _State) -> str:
        charset = self.charsets.get(state.font, 0)
        return "cp1252" if charset == _SYMBOL else _CHARSETS.get(charset, self.code_page)

    def _raw(self, data: bytes, state: _State) -> bytes | None:
        return data if not self._page(state) and not data.isascii() else None

    def _read(self, data: bytes, state: _State) -> str:
        page = self._page(state)
        if data.isascii():
            return data.decode("ascii")
        if page in ("", "cp1252"):
            return "".join(map(WEST.__getitem__, data))
        try:
            return data.decode(page)
        except (LookupError, ValueError):
            return "".join(map(WEST.__getitem__, data))


_KINDS = {"cell": "cell", "row": "row", "par": "par", "trowd": "trowd", "cellx": "cellx", "pard": "pard",
          "intbl": "intbl", "clvmrg": "merged", "nestcell": "nestcell", "nestrow": "nestrow", "sect": "par",
          "page": "par", "trleft": "trleft"}  # fmt: skip
