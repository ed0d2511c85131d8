"""Words for totals in the scripts of the country, and as the keys of every old font that we know."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from mappers.encodings import Encoding, encodings
from mappers.text.folding import nfc

WORDS = re.compile(
    r"(?:(?:grand|sub|page|net|g)[\s.-]*)?totals?"
    r"|(?:कुल|सकल|महा|उप[\s-])?\s*(?:योग|कुल|जोड़|बेरीज|एकूण|जम्मा)|(?:সর্ব|উপ[\s-]?)?মোট|যোগফল|সৰ্বমুঠ|মুঠ"
    r"|(?:ஆக\s*)?மொத்தம்|கூட்டுத்தொகை|(?:ఉప\s*)?మొత్తం|(?:ಉಪ\s*)?ಒಟ್ಟು|ಮೊತ್ತ|ആകെ|മൊത്തം|(?:પેટા\s*)?(?:કુલ|સરવાળો)"
    r"|ਕੁੱਲ|ਕੁਲ|ਜੋੜ|(?:ସର୍ବ|ଉପ\s*)?ମୋଟ|ସମୁଦାୟ|کل|میزان|ٹوٹل",
    re.I,
)
# What is looked for in each font, by script.
_BY_SCRIPT = {
    "Deva": "कुल;योग;जोड़;महायोग;उप योग;उप-योग;एकूण;बेरीज;जम्मा;सकल योग", "Beng": "মোট;সর্বমোট;উপমোট;যোগফল;সৰ্বমুঠ;মুঠ",
    "Taml": "மொத்தம்;ஆக மொத்தம்;கூட்டுத்தொகை", "Telu": "మొత్తం;ఉప మొత్తం", "Knda": "ಒಟ್ಟು;ಉಪ ಒಟ್ಟು;ಮೊತ್ತ",
    "Mlym": "ആകെ;മൊത്തം", "Gujr": "કુલ;સરવાળો;પેટા સરવાળો", "Guru": "ਕੁੱਲ;ਕੁਲ;ਜੋੜ", "Orya": "ମୋଟ;ସମୁଦାୟ;ସର୍ବମୋଟ",
}  # fmt: skip
_SHORTEST = 3
# The sign for e in Bijoy's fonts.
_WITHIN, _BEGINNING = "\u2021", "\u2020"


def behind_total(label: str) -> str | None:
    """What stands behind the word for total with which a label begins; None when it begins otherwise.

    A label in the keys of a font (dqy ;ksx) is decoded first, so that what stands behind is text, too.
    """
    found = _cut_behind(label)
    if found is not None:
        return found
    # Those that a font shows with a longer word first: of two fonts both may know the keys.
    keys = _keys()
    for key in sorted((k for k in keys if label.startswith(k)), key=len, reverse=True):
        for encoding in keys[key]:
            found = _cut_behind(nfc(encoding.decode(label)).strip())
            if found is not None:
                return found
    return None


def _cut_behind(label: str) -> str | None:
    found = WORDS.match(label)
    behind = label[found.end() :] if found else ""
    # A vowel sign behind the word makes it another one.
    is_whole = found and not behind[:1].isalnum() and unicodedata.category(behind[:1] or " ")[0] != "M"
    return behind if is_whole else None


@cache
def _keys() -> dict[str, list[Encoding]]:
    """The words as they are stored in each font -> the fonts; only those that come back as they were."""
    found: dict[str, list[Encoding]] = {}
    for encoding in encodings().values():
        for word in _BY_SCRIPT.get(encoding.info.script, "").split(";"):
            for key in _ways(encoding, nfc(word)):
                if len(key) >= _SHORTEST and nfc(encoding.decode(key)) == nfc(word):
                    found.setdefault(key, []).append(encoding)
    return found


def _ways(encoding: Encoding, word: str) -> tuple[str, ...]:
    """How a font stores a word; some have one sign for a vowel within a word and one for its beginning."""
    try:
        key = encoding.encode(word)
    except ValueError:
        return ()
    return tuple(dict.fromkeys((key, key.replace(_WITHIN, _BEGINNING))))
