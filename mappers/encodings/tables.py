r"""Tables of font encodings as files: a head that says what the font is, then one line a code.

    //! title: Kruti Dev 010          further: script, family, languages, fonts, status, source, digits
    // a remark
    d<TAB>क                           characters of the font, the text they show
    f<TAB>ि<TAB>pre                   and, for what stands out of order, its role: pre, post, drop or read

Characters are those of Windows-1252; a byte may be written \xHH on the left, a character \uHHHH on the right. The
first of several codes for one text is used for writing, unless it is there to read only. "digits: ર=૨" says that the
code of a letter is typed for a digit as well. A user's own font map is such a file in the workspace; its head may be
left out.
"""

from __future__ import annotations

import hashlib
import re
from codecs import charmap_decode
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from mappers.encodings.encoding import EncodingInfo
from mappers.encodings.engine import FontTable
from mappers.encodings.scripts import ROLES, script_of, scripts
from mappers.errors import MappingError
from mappers.text.folding import nfc

_HEAD = "//!"
_REMARK = "//"
_BYTE = re.compile(r"\\x([0-9a-fA-F]{2})")
_CHARACTER = re.compile(r"\\u([0-9a-fA-F]{4})")
_WORDS = ("title", "script", "family", "languages", "fonts", "status", "source", "digits")
_STATUS = ("confirmed", "unconfirmed")
# The five bytes that Windows-1252 leaves open are letters in some fonts (Nudi, Chanakya, Bijoy).
WEST = {n: bytes([n]).decode("cp1252", "ignore") or chr(n) for n in range(256)}
BYTES = {c: n for n, c in WEST.items()}
_WEST = "".join(WEST.values())


def to_characters(data: bytes) -> str:
    """Bytes of a font encoding as characters, one each: Windows-1252, its five gaps as the control of that number."""
    return charmap_decode(data, "strict", _WEST)[0]


def to_bytes(characters: str) -> bytes:
    """The bytes that to_characters was given. Raises ValueError for a character no byte stands for."""
    try:
        return bytes(map(BYTES.__getitem__, characters))
    except KeyError:
        raise ValueError("a character has no byte in Windows-1252") from None


def read_table(path: Traversable | Path) -> FontTable:
    """One font's table. Raises MappingError naming file and line for what is not as described above."""
    name = path.name.removesuffix(".tsv")
    head: dict[str, str] = {}
    codes: dict[str, str] = {}
    roles: dict[str, str] = {}
    data = path.read_bytes()
    try:
        # Editors on Windows put a mark before UTF-8.
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as e:
        raise MappingError(f"{path.name}: byte {e.start}: a font map is UTF-8 text") from e
    for number, line in enumerate(lines, 1):
        where = f"{path.name}: line {number}"
        if line.startswith(_HEAD):
            head |= _head(line.removeprefix(_HEAD), where)
        elif line.strip() and not line.startswith(_REMARK):
            code, text, role = _code(line, where)
            if code in codes:
                raise MappingError(f"{where}: these codes have a text already")
            codes[code] = text
            if role:
                roles[code] = role
    if not codes:
        raise MappingError(f"{path.name}: no line gives a code and its text")
    info = _info(name, head, "".join(codes.values()), hashlib.sha256(data).hexdigest())
    if info.script not in scripts():
        raise MappingError(f"{path.name}: no script {info.script} (there are: {', '.join(scripts())})")
    return FontTable(info, scripts()[info.script], codes, roles, _digits(head, codes, path.name))


def _head(line: str, where: str) -> Iterator[tuple[str, str]]:
    word, colon, value = line.partition(":")
    if not colon or word.strip() not in _WORDS:
        raise MappingError(f"{where}: expected one of {', '.join(_WORDS)} and a colon")
    if word.strip() == "status" and value.strip() not in _STATUS:
        raise MappingError(f"{where}: status is one of {', '.join(_STATUS)}")
    yield word.strip(), value.strip()


def _code(line: str, where: str) -> tuple[str, str, str]:
    codes, text, role, *more = (*line.split("\t"), "", "")
    codes = _BYTE.sub(lambda m: WEST[int(m[1], 16)], codes)
    text = nfc(_CHARACTER.sub(lambda m: chr(int(m[1], 16)), text))
    if not codes or role not in ROLES or any(more) or bool(text) == (role == "drop"):
        raise MappingError(f"{where}: expected codes, text and pre, post, read or nothing; or codes, nothing and drop")
    return codes, text, role


def _digits(head: dict[str, str], codes: dict[str, str], name: str) -> dict[str, str]:
    """Letters that are typed for digits: "letter=digit letter=digit"."""
    pairs = [p.partition("=") for p in head.get("digits", "").split()]
    if any(letter not in codes.values() or not digit.isdecimal() for letter, _, digit in pairs):
        raise MappingError(f"{name}: digits are pairs letter=digit, and the table has a code for each letter")
    return {letter: digit for letter, _, digit in pairs}


def _info(name: str, head: dict[str, str], texts: str, digest: str) -> EncodingInfo:
    return EncodingInfo(
        name=name,
        title=head.get("title", name),
        script=head.get("script") or script_of(texts),
        family=head.get("family", name),
        languages=tuple(head.get("languages", "").split()),
        fonts=tuple(f.strip() for f in head.get("fonts", "").split(",") if f.strip()),
        is_confirmed=head.get("status", "confirmed") == "confirmed",
        source=head.get("source", ""),
        digest=digest,
    )
