"""UTF-8 that was taken for Windows-1252 and saved as UTF-8 again, once or several times.

A character of an Indian script is three bytes in UTF-8; read as Windows-1252 they are three characters, the first of
them à or á, and saved again they are six bytes or more. Reading this backwards is certain wherever the characters of a
sequence are all there: the sequence is one character, whatever stands around it. Where one was lost on the way (five
bytes have no character in Windows-1252, and programs drop them or put a mark in their place) the rest could be several
characters: it stays as it is, to be seen.
"""

from __future__ import annotations

import re

from mappers.encodings.encoding import EncodingInfo
from mappers.encodings.tables import BYTES, to_characters
from mappers.text.folding import nfc

# Saved wrongly three times over is the most that was ever met; the first reading is that of the file itself.
_LAYERS = 4
# Bytes 0x80-0x9F as Latin-1 has them, for programs that read Latin-1 instead.
STORED = {**{chr(n): n for n in range(0x80, 0xA0)}, **BYTES}
_LATER = "".join(map(re.escape, sorted(c for c, n in STORED.items() if 0x80 <= n < 0xC0)))
_SEQUENCE = re.compile(f"[\xc2-\xdf][{_LATER}]|[\xe0-\xef][{_LATER}]{{2}}|[\xf0-\xf4][{_LATER}]{{3}}")
_TYPOGRAPHY = frozenset("\xa0…‘’“”•–—")


class Doubled:
    """Double-encoded UTF-8. Plain UTF-8 is read, too, being saved wrongly no time at all."""

    info = EncodingInfo(
        name="utf8-doubled",
        title="UTF-8 saved as UTF-8 once more",
        script="Zyyy",
        family="utf8",
        source="RFC 3629; Windows-1252 as in the Encoding Standard",
    )

    def decode_word(self, word: str) -> str | None:
        """No word: what stands before it may matter."""
        return None

    def decode(self, text: str) -> str:
        """Text with every whole sequence repaired, layer by layer, in NFC; all else stays as it is."""
        for _ in range(_LAYERS):
            if text.isascii():
                return text
            before, text = text, _SEQUENCE.sub(_character, text)
            if text == before:
                break
        return nfc(text)

    def encode(self, text: str) -> str:
        """Text as it stands after one wrong saving. Raises ValueError for text that would be repaired further."""
        text = nfc(text)
        stored = to_characters(to_characters(text.encode()).encode())
        if self.decode(stored) != text:
            raise ValueError("utf8-doubled: the text itself looks like UTF-8 saved twice")
        return stored

    def unknown(self, text: str) -> int:
        """How many characters of Windows-1252 beyond ASCII are left after the repair, typography aside."""
        return sum(c >= "\x80" and c in STORED and c not in _TYPOGRAPHY for c in self.decode(text))


def _character(sequence: re.Match[str]) -> str:
    """The character a sequence stands for; itself where UTF-8 has none (overlong forms, surrogates)."""
    try:
        return bytes(map(STORED.__getitem__, sequence[0])).decode()
    except UnicodeDecodeError:
        return sequence[0]
