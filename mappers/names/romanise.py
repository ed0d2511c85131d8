"""One romanisation for the scripts of India, as Indians spell their names in English, and a key for look-ups."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources

from mappers.languages import languages_of_script, load_languages
from mappers.names.indic import indic_sounds, knows, language_of
from mappers.names.sounds import latin_sounds, meet, spell
from mappers.names.urdu import bare, urdu_sounds
from mappers.text.folding import fold_written, nfc
from mappers.text.memory import Memory
from mappers.text.scripts import is_arabic

_KEPT = 1 << 16
_INDIC = "\u0900-\u0963\u0971-\u0d7f"
_ARABIC = "\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"
_WORD = re.compile(f"(?P<indic>[{_INDIC}][{_INDIC}\u200c\u200d]*)|(?P<arabic>[{_ARABIC}][{_ARABIC}\u200c\u200d]*)")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Signs that have a plain counterpart, and Latin letters that lose more than a mark.
_PLAIN = str.maketrans({
    "।": ".", "॥": ".", "॰": ".", "۔": ".", "،": ",", "؛": ";", "؟": "?", "٪": "%", "٫": ".", "٬": ",",
    "‘": "'", "’": "'", "ʼ": "'",
    "ʻ": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "…": "...",
    "•": "*", "×": "x",
    "₹": "Rs", "\u200b": "", "\u200c": "", "\u200d": "", "\u200e": "", "\u200f": "", "\ufeff": "", "ß": "ss",
    "æ": "ae", "Æ": "Ae",
    "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i", "œ": "oe", "ś": "sh", "Ś": "Sh",
    "ṣ": "sh", "Ṣ": "Sh",
    "š": "sh", "Š": "Sh", "ə": "a", "ð": "d", "þ": "th", "ŋ": "n",
})  # fmt: skip
# Parts of names that Urdu writes together with another one.
_HEADS = (("عبدال", "abdul"),)
_TAILS = (
    ("آباد", "ābād"),
    ("پور", "pur"),
    ("نگر", "nagar"),
    ("گڑھ", "gaṚ"),
    ("الدین", "ud dīn"),
    ("گنج", "ganj"),
    ("وال", "vāl"),
)
_TIDY = (
    (re.compile(r"(?<=[^aeiou\W])y$"), "i"),
    (re.compile(r"(?<=[^a]a)y(?=[^aeiouhy])"), "i"),
    (re.compile(r"([kgtdpbj])h\1h"), r"\1\1h"),
    (re.compile(r"chch"), "cch"),
    (re.compile(r"mm(?=r)"), "m"),
    (re.compile(r"ksm"), "xm"),
    (re.compile(r"(?<=[sdgt])v(?=[aei])|(?<=sh)v(?=[ae])"), "w"),
    (re.compile(r"n(?=[pb])"), "m"),
)


def language_for(text: str) -> str:
    """The language whose script most letters of a text are in, as ISO 639-1; "" for Latin letters and none.

    A script that several languages use gives the one with most speakers; the others are told by
    letters that it has not.
    """
    counts: dict[str, int] = {}
    for char in text:
        found = "" if char.isascii() else language_of(char)
        if found:
            counts[found] = counts.get(found, 0) + 1
    best = max(counts, key=lambda c: counts[c], default="")
    others = languages_of_script(_script(best))[1:]
    return next((o for o in others if any(c in text for c in load_languages()[o].letters)), best)


def romanise(text: str, language: str = "") -> str:
    """Text in Latin letters (ASCII), spelled the way Indians spell names: "Ram Kumar Sharma".

    language: ISO 639-1 of text whose script several languages share (hi, mr; bn, as); found from the script when not
    given, and passed over for words in other scripts. Digits become 0-9, punctuation its plain counterpart, Latin
    letters lose their marks, ASCII stays as it is. A letter of a script that is not known becomes `?`.
    """
    # Nothing that is looked at goes over a blank, and names are made of few words.
    return text if text.isascii() else " ".join(map(_spelled_in(language).__getitem__, text.split(" ")))


def romanise_all(texts: Iterable[str | None]) -> list[str | None]:
    """Texts in Latin letters; what is empty is None."""
    spelled = _spelled_in("").__getitem__
    return [None if not text else text if text.isascii() else " ".join(map(spelled, text.split(" "))) for text in texts]


@lru_cache(maxsize=64)
def _spelled_in(language: str) -> Memory[str]:
    """What stands between blanks -> the same in Latin letters."""

    def spell_piece(piece: str) -> str:
        plain = fold_written(_compose(piece)).translate(_PLAIN)
        spelled = _WORD.sub(lambda m: _spell_word(m[0], language), plain)
        return _NOT_ASCII.sub(lambda m: _without_marks(m[0]), spelled)

    return Memory(spell_piece)


def _compose(text: str) -> str:
    """NFC, and the presentation forms of Arabic as the letters they show."""
    # No other signs: NFKC would change more than these letters.
    return nfc("".join(unicodedata.normalize("NFKC", c) if "\ufb50" <= c <= "\ufefc" else c for c in text))


@cache
def _usual() -> Mapping[str, str]:
    """Words that are usually spelled otherwise than the rules would: word -> usual spelling."""
    text = (resources.files("mappers.names") / "words.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in nfc(text).splitlines() if line and not line.startswith("//"))
    return {bare(word): usual for word, usual in rows}


# Names are made of few words: each is spelled once.
@lru_cache(maxsize=_KEPT)
def _spell_word(word: str, language: str) -> str:
    usual = _usual_spelling(word)
    if usual:
        return usual
    spelled = spell(word_sounds(word, language))
    for pattern, into in _TIDY:
        spelled = pattern.sub(into, spelled)
    return " ".join(part[:1].upper() + part[1:] for part in spelled.split(" "))


def _usual_spelling(word: str) -> str | None:
    return _usual().get(bare(word) if is_arabic(word[0]) else word)


def _without_marks(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c if c.isascii() else "" if unicodedata.category(c)[0] in "MC" else "?" for c in plain)


@lru_cache(maxsize=_KEPT)
def word_sounds(word: str, language: str = "") -> str:
    """The sounds of one word in an Indian or the Arabic script. language as for romanise."""
    found = language_for(word)
    usual = _usual_spelling(word)
    if usual:
        return latin_sounds(usual)
    if _script(found) == "Arab":
        return _urdu_sounds(bare(word))
    is_same = knows(language) and _script(language) == _script(found)
    return indic_sounds(word, language if is_same else found)


def _urdu_sounds(word: str) -> str:
    """The sounds of a word in the Arabic script, its parts looked up where it is written together of two."""
    for head, said in _HEADS:
        # Two letters at least must be left for the other part.
        if word.startswith(head) and len(word) > len(head) + 1:
            return said + " " + word_sounds(word[len(head) :])
    for tail, said in _TAILS:
        if word.endswith(tail) and len(word) > len(tail) + 1:
            return word_sounds(word[: -len(tail)]) + said
    return urdu_sounds(word)


def _script(language: str) -> str:
    known = load_languages().get(language)
    return known.script if known else ""


def sounds(text: str, language: str = "") -> str:
    """The sounds of a whole name, words parted by one blank, brought to where spellings of one name meet."""
    if text.isascii():
        return latin_sounds(text)
    plain = fold_written(_compose(text)).translate(_PLAIN)
    parts: list[str] = []
    at = 0
    for m in _WORD.finditer(plain):
        parts += [latin_sounds(romanise(plain[at : m.start()])), meet(word_sounds(m[0], language))]
        at = m.end()
    return " ".join(part for part in [*parts, latin_sounds(romanise(plain[at:]))] if part)


# Sounds that spellings of one name take for each other; what is not named here is left out.
_KEY = str.maketrans(dict.fromkeys("kKgGḳġ", "k") | dict.fromkeys("cCjJzśṣs", "s") | dict.fromkeys("tTdDṭṬḍḌ", "t")
                     | dict.fromkeys("rṟṛṚ", "r") | dict.fromkeys("lḷḻ", "l") | dict.fromkeys("mnṇñṅŋ", "n")
                     | dict.fromkeys("pPbBfv", "p") | {" ": " "})  # fmt: skip
_NOT_KEY = re.compile(r"[^kstrlnp ]")
_TWICE = re.compile(r"([^ ])\1+")


def name_key(text: str, language: str = "") -> str:
    """The key under which a name is found whatever its script and spelling: its consonants by class.

    The key of a name is the key of its romanisation: name_key(x) == name_key(romanise(x)). For blocking and for search,
    never for deciding that two names are one: Kamal and Gomel share a key.
    """
    return skeleton(latin_sounds(romanise(text, language)))


def skeleton(of_sounds: str) -> str:
    """The classes of the consonants of a string of sounds: k s t r l n p, words parted by a blank."""
    return _TWICE.sub(r"\1", _NOT_KEY.sub("", of_sounds.translate(_KEY)))
