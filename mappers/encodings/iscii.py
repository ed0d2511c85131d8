"""ISCII (IS 13194:1991): one set of codes for ten scripts, ASCII below them.

What a code shows in which script is in `iscii.tsv`. ATR (0xEF) and a code switch the script until the end of the line;
ATR and a display attribute show nothing. Soft and explicit halant become ZWJ and ZWNJ, INV the no-break space on which
a sign stands alone. Gurmukhi writes a doubled consonant with addak and chooses between tippi and bindi by what they
stand on; Malayalam's chillu is a consonant with a soft halant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

from mappers.encodings.encoding import EncodingInfo
from mappers.encodings.tables import BYTES
from mappers.errors import MappingError
from mappers.languages import languages_of_script, load_languages
from mappers.text.folding import nfc

_REMARK = "//"
_CHARACTER = re.compile(r"\\u([0-9A-F]{4})")
_SOURCE = "IS 13194:1991; ISCIIEncoding.cs of .NET (MIT) for letters that a script lacks"
# Column of the table -> name, script.
_SCRIPTS = {
    "dev": ("Devanagari", "Deva"),
    "bng": ("Bengali", "Beng"),
    "asm": ("Assamese", "Beng"),
    "guj": ("Gujarati", "Gujr"),
    "gur": ("Gurmukhi", "Guru"),
    "ori": ("Odia", "Orya"),
    "tml": ("Tamil", "Taml"),
    "tlg": ("Telugu", "Telu"),
    "knd": ("Kannada", "Knda"),
    "mlm": ("Malayalam", "Mlym"),
}
# ATR: the byte behind 0xEF -> the script it switches to, "" for the one the text began with. Display attributes
# (bold, italic ...) are 0x30-0x39; Roman and the Perso-Arabic scripts stay as they are.
_ATR = {
    "@": "", "B": "dev", "C": "bng", "D": "tml", "E": "tlg", "F": "asm", "G": "ori", "H": "knd", "I": "mlm",
    "J": "guj", "K": "gur",
}  # fmt: skip
_SWITCH = re.compile("(\xef[0-9@B-K]|[\r\n]+)")
_BEYOND_ASCII = re.compile("[\x80-\uffff]")
_GURMUKHI = "\u0a15-\u0a39"
_WITH_BREATH = "|".join(f"{a}\u0a4d(?={b})" for a, b in zip("ਕਗਚਜਟਡਤਦਪਬ", "ਖਘਛਝਠਢਥਧਫਭ", strict=True))
_DOUBLED = re.compile(f"([{_GURMUKHI}])\u0a3c?\u0a4d(?=\\1)|{_WITH_BREATH}")
_TIPPI = re.compile(f"(?<=[{_GURMUKHI}\u0a3c\u0a3f\u0a41\u0a42ਅਇ])\u0a02")
# A consonant with a soft halant, as written before Unicode had a character for it.
_ONE = dict(
    zip("\u0d23\u0d28\u0d30\u0d32\u0d33\u0d15\u09a4", "\u0d7a\u0d7b\u0d7c\u0d7d\u0d7e\u0d7f\u09ce", strict=True)
)
_SOFT = re.compile(f"[{''.join(_ONE)}][\u0d4d\u09cd]\u200d")
_ADDAK = re.compile(f"\u0a71([{_GURMUKHI}])")


@dataclass(frozen=True)
class Iscii:
    """ISCII text that begins in one script. column: that script's column in the table."""

    info: EncodingInfo
    column: str

    def decode_word(self, word: str) -> str | None:
        """No word: what stands before it may matter."""
        return None

    def decode(self, text: str) -> str:
        """Its characters as Unicode NFC; what has no meaning in the script stays as it is."""
        if text.isascii():
            return text
        return nfc(_show_letters(text, self.column) if "\xef" not in text else "".join(self._split_scripts(text)))

    def encode(self, text: str) -> str:
        """Unicode as its characters, in one script throughout.

        Raises ValueError naming the first character for which the script has no code, or that comes back as another.
        """
        text = nfc(text)
        if text.isascii():
            return text
        codes = "".join(_letters(self.column).encode_letters(text))
        back, usual = self.decode(codes), _usual(text)
        wrong = next((c for c in codes if c not in BYTES), "")
        if back != usual or wrong:
            wrong = wrong or next((a for a, b in zip(usual, back, strict=False) if a != b), usual[-1])
            raise ValueError(f"{self.info.name} has no code for U+{ord(wrong):04X}")
        return codes

    def unknown(self, text: str) -> int:
        """How many characters beyond ASCII have no meaning in the script."""
        if text.isascii():
            return 0
        kept = _SWITCH.sub("", text)
        letters = _letters(self.column)
        return len(_BEYOND_ASCII.findall(letters.pairs.sub("", kept).translate(letters.nothing)))

    def _split_scripts(self, text: str) -> Iterator[str]:
        """Pieces of a text, each in the script that its line has switched to."""
        column = self.column
        for piece in _SWITCH.split(text):
            if piece[:1] == "\xef" and len(piece) > 1 and piece[1] in _ATR:
                column = _ATR[piece[1]] or self.column
            elif piece[:1] == "\xef" and len(piece) == 2 and piece[1].isdigit():
                continue
            else:
                column = self.column if piece[:1] in ("\r", "\n") else column
                yield _show_letters(piece, column)


@dataclass(frozen=True)
class _Letters:
    """One script's column: codes as characters -> text. The first of several codes for one text is used for writing."""

    texts: Mapping[str, str]

    @cached_property
    def singles(self) -> Mapping[int, str]:
        """Codes of one byte, as `str.translate` wants them."""
        return {ord(codes): text for codes, text in self.texts.items() if len(codes) == 1}

    @cached_property
    def nothing(self) -> Mapping[int, None]:
        """The same codes, each to be left out."""
        return dict.fromkeys(self.singles)

    @cached_property
    def pairs(self) -> re.Pattern[str]:
        """Codes of several bytes, the longest first."""
        found = sorted((c for c in self.texts if len(c) > 1), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, found)))

    def decode_letters(self, text: str) -> str:
        """Codes as text, letter by letter."""
        return self.pairs.sub(lambda m: self.texts[m[0]], text).translate(self.singles)

    def encode_letters(self, text: str) -> Iterator[str]:
        """Text as codes, the longest match first; what has no code stays as it is."""
        # ISCII has neither: addak is the consonant twice, tippi is the bindi.
        if "\u0a71" in text or "\u0a70" in text:
            text = _ADDAK.sub("\\1\u0a4d\\1", text).replace("\u0a70", "\u0a02")
        at = 0
        while at < len(text):
            size = next((n for n in (3, 2, 1) if text[at : at + n] in self._codes), 0)
            yield self._codes[text[at : at + size]] if size else text[at]
            at += size or 1

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for codes, text in self.texts.items():
            found.setdefault(text, codes)
        return found


def iscii_encodings() -> Iterator[Iscii]:
    """One encoding a script."""
    for column, (title, script) in _SCRIPTS.items():
        info = EncodingInfo(
            name=f"iscii-{column}",
            title=f"ISCII {title}",
            script=script,
            family="iscii",
            languages=tuple(c for c in languages_of_script(script) if load_languages()[c].iscii == column),
            source=_SOURCE,
        )
        yield Iscii(info, column)


def _show_letters(text: str, column: str) -> str:
    shown = _letters(column).decode_letters(text)
    if column == "gur":
        return _TIPPI.sub("\u0a70", _DOUBLED.sub("\u0a71", shown))
    return shown


def _usual(text: str) -> str:
    """The spelling that decoding gives: a chillu or khanda ta is one character."""
    return _SOFT.sub(lambda m: _ONE[m[0][0]], text)


@cache
def _letters(column: str) -> _Letters:
    return _Letters(_columns()[column])


@cache
def _columns() -> Mapping[str, Mapping[str, str]]:
    """The table, column by column."""
    path = resources.files("mappers.encodings") / "iscii.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith(_REMARK)]
    if rows[0] != ["code", *_SCRIPTS]:
        raise MappingError(f"{path.name}: the columns are not code, {', '.join(_SCRIPTS)}")
    found: dict[str, dict[str, str]] = {column: {} for column in _SCRIPTS}
    for code, *cells in rows[1:]:
        for column, cell in zip(_SCRIPTS, cells, strict=True):
            if cell:
                text = _CHARACTER.sub(lambda m: chr(int(m[1], 16)), cell)
                # From A1 on Latin-1 and Windows-1252 are the same.
                found[column][bytes.fromhex(code).decode("latin-1")] = nfc(text)
    return found
