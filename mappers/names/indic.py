"""From the scripts of India that descend from Brahmi to sounds.

Their Unicode blocks lie parallel, as ISCII had them: what stands at one place of one block stands there in all. So
every text is first moved to the places of Devanagari, and one table reads it. What a language does otherwise is in
its file in `mappers/languages`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from mappers.languages import Sounds, languages_of_script, load_languages
from mappers.names.sounds import VOWELS
from mappers.text.scripts import BLOCK_SIZE, BLOCKS, script_of_char

_DEVANAGARI = BLOCKS["Deva"]
_BEHIND = max(BLOCKS.values()) + BLOCK_SIZE
# Signs that have no place of their own in Devanagari, written with those that have. Source: the Unicode code charts.
_MOVED = {
    0x09CE: "त्", 0x09F0: "र", 0x09F1: "व\u093c", 0x0A70: "ं", 0x0A71: "\ue000", 0x0B71: "व\u093c", 0x0B5F: "य\u093c",
    0x0BD7: "ौ", 0x0D57: "ौ", 0x0C55: "", 0x0C56: "ै", 0x0CD5: "", 0x0CD6: "ै", 0x0D4E: "र्", 0x0D7A: "ण्", 0x0D7B: "न्",
    0x0D7C: "र्", 0x0D7D: "ल्", 0x0D7E: "ळ्", 0x0D7F: "क्", 0x0D3A: "त", 0x0C58: "त्स", 0x0C59: "द्ज़", 0x0C5A: "ऱ",
    0x0CDE: "ऴ", 0x0A75: "य", 0x0A74: "इक ओंकार", 0x0950: "ओम्", 0x0AD0: "ओम्", 0x0BD0: "ओम्",
}  # fmt: skip
_ADDAK = "\ue000"
_NUKTA, _VIRAMA, _ANUSVARA, _CANDRABINDU, _VISARGA = "\u093c", "\u094d", "\u0902", "\u0901", "\u0903"

_CONSONANTS = dict(zip(
    "कखगघङचछजझञटठडढणतथदधनऩपफबभमयरऱलळऴवशषसह",
    "kKgGṅcCjJñṭṬḍḌṇtTdDnnpPbBmyrṟlḷḻvśṣsh", strict=True,
))  # fmt: skip
_WITH_NUKTA = {"क": "k", "ख": "ḳ", "ग": "ġ", "ज": "z", "ड": "ṛ", "ढ": "Ṛ", "फ": "f", "य": "y", "स": "ś", "व": "v",
               "ल": "ḷ", "झ": "z", "न": "n", "र": "ṟ", "ळ": "ḻ", "च": "c", "श": "ś"}  # fmt: skip
_PRECOMPOSED = dict(zip("\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f", "kḳġzṛṚfy", strict=True))
_VOWELS = dict(zip("अआइईउऊऎएऐऒओऔऍऑॲ", "aāiīuūeēEoōOeōe", strict=True)) | {"ऋ": "ri", "ॠ": "ri", "ऌ": "li"}
_VOWEL_SIGNS = dict(zip("ािीुूॆेैॊोौॅॉ", "āiīuūeēEoōOeō", strict=True)) | {"ृ": "ri", "ॄ": "ri", "ॢ": "li"}
_BEFORE_LABIAL = re.compile("ŋ(?=[pPbBm])")


@dataclass(frozen=True)
class _Reader:
    """How one language reads its script; see `mappers.languages.Sounds`. finish: ready to be used."""

    sounds: Sounds
    finish: tuple[tuple[re.Pattern[str], str], ...]


@cache
def language_of(char: str) -> str:
    """The language that most often uses the script of a character: "hi" for Devanagari; "" outside these scripts."""
    return next(iter(languages_of_script(script_of_char(char))), "")


_CHAR_SOUNDS = {**_CONSONANTS, **_PRECOMPOSED}
_INHERENT = "ɐ"
_ANY_VOWEL = VOWELS + _INHERENT
_C = f"[^{_ANY_VOWEL} ]"
# Second members of names before which a word is cut, so that the short a is dropped in each half by itself.
_BETWEEN_BEFORE = re.compile(f"(?:[{_ANY_VOWEL}]|ā[ŋm]){_C}$")
_BETWEEN_BEHIND = re.compile(f"(?:{_C}|pr)[{_ANY_VOWEL}]")
_TAILS = re.compile(
    r"(?<=..[^ ])(?=(?:nɐgɐr|nɐgɐrī|puram?|pūr|pur|gɐ[ṛḍ][hḌ]?|gɐ[ṛṚḍ]|gɐnj|gā[onv]+|vāṛ[āī]|bāg|prɐsād|kumār|rām"
    r"|lāl|dev|nāT|rāj|candr|sinh|jīt|preet|mɐ[ṇn]i|dās|bɐndr|bɐndɐr|śyām)ɐ?$)"
)
# The nasal of a village (गाँव, গাঁও) is spelled behind its vowels: gaon.
_GAON = re.compile(r"(ā)ŋ(?:v|ō|u|ū)(?![aāiīuūeēoōEO])")
_LAST_A = re.compile(f"(?<=[^{_ANY_VOWEL}]){_INHERENT}$")
_FINAL_A = re.compile(rf"(?P<before>[{_ANY_VOWEL}].*?)(?P<cluster>{_C}+)ɐ$")
# A cluster at the end of a word keeps its vowel where nobody could say it without: Krishna, Mishra, Gupta, Surya.
_SPEAKABLE = re.compile(
    r"^(?:.|ŋg|(.)\1|[nmṅñṇŋ][^rylvnmṇ]|[rl][^ryvnmṇ]|[^ ][hŋ]|kK|gG|cC|jJ|ṭṬ|ḍḌ|tT|dD|pP|bB|sṭ|ṣṭ|ṣṬ|st|śt|Tt|kt)$"
)


def indic_sounds(word: str, language: str) -> str:
    """The sounds of one word of an Indian script as it is said in a language (ISO 639-1).

    Takes NFC and gives sounds; a character that the tables have not is left out.
    """
    reader = _reader(language)
    return _finish(_read(_to_devanagari(word), reader.sounds), reader)


@cache
def _reader(code: str) -> _Reader:
    """How a language reads; one that is not known reads like the usual language of Devanagari."""
    sounds = load_languages()[code if knows(code) else languages_of_script("Deva")[0]].sounds or Sounds()
    return _Reader(sounds, tuple((re.compile(_spelled_out(pattern)), into) for pattern, into in sounds.finish))


def _spelled_out(pattern: str) -> str:
    return pattern.replace("%V", f"[{VOWELS}]").replace("%v", VOWELS)


def knows(language: str) -> bool:
    """Whether there are rules of its own for a language."""
    known = load_languages().get(language)
    return known is not None and known.sounds is not None


def _to_devanagari(word: str) -> str:
    out = []
    for char in word:
        code = ord(char)
        if code in _MOVED:
            out.append(_MOVED[code])
        elif _DEVANAGARI + BLOCK_SIZE <= code < _BEHIND:
            out.append(chr(_DEVANAGARI + code % BLOCK_SIZE))
        else:
            out.append(char)
    return "".join(out)


def _read(word: str, language: Sounds) -> str:
    """Sounds one by one, the inherent vowel as ɐ."""
    out: list[str] = []
    at, size = 0, len(word)
    while at < size:
        char = word[at]
        at += 1
        if char in _CHAR_SOUNDS:
            joined = at > 1 and word[at - 2] == _VIRAMA
            sound = (language.joined if joined else language.consonants).get(char) or _CHAR_SOUNDS[char]
            if at < size and word[at] == _NUKTA:
                sound = _WITH_NUKTA.get(char, sound)
                at += 1
            out.append(sound)
            following = word[at] if at < size else ""
            if following in _VOWEL_SIGNS:
                out.append(_VOWEL_SIGNS[following])
                at += 1
            elif following == _VIRAMA:
                at += 1
            else:
                out.append(_INHERENT)
        elif char in _VOWELS or char in _VOWEL_SIGNS:
            out.append(_VOWELS.get(char) or _VOWEL_SIGNS[char])
        elif char == _ANUSVARA:
            out.append(_anusvara(word[at : at + 1], language))
        elif char == _CANDRABINDU:
            out.append("ŋ")
        elif char == _VISARGA:
            out.append("h")
        elif char == _ADDAK:
            out.append(_ADDAK)
    return _double(_BEFORE_LABIAL.sub("m", "".join(out)))


def _anusvara(following: str, language: Sounds) -> str:
    """The sound of the dot: the nasal of a stop behind it, otherwise what the language says."""
    is_stop = "क" <= following <= "म" and not (language.anusvara == "m" and following in "नम")
    return "ŋ" if is_stop else language.anusvara


def _double(sounds: str) -> str:
    return re.sub(f"{_ADDAK}+(.?)", lambda m: (m[1].lower() if m[1] in "KGCJTDPB" else m[1]) + m[1], sounds)


def _finish(sounds: str, reader: _Reader) -> str:
    if reader.sounds.drops_schwa:
        cut = [part for part in _TAILS.split(sounds) if part]
        sounds = "".join(_drop_schwas(part, reader.sounds) for part in cut)
    sounds = _LAST_A.sub("ə", sounds).replace(_INHERENT, "a")
    sounds = _GAON.sub(r"\1ōŋ", sounds)
    for pattern, into in reader.finish:
        sounds = pattern.sub(into, sounds)
    return sounds


def _drop_schwas(word: str, language: Sounds) -> str:
    m = _FINAL_A.search(word)
    if m and (len(m["cluster"]) == 1 if language.keeps_after_cluster else _SPEAKABLE.match(m["cluster"])):
        word = word[:-1]
    at = len(word) - 1
    # From the end on: where one vowel goes, the one before it stays.
    while at >= 2:
        if word[at] == _INHERENT and _is_between(word, at):
            word = word[:at] + word[at + 1 :]
        at -= 1
    return word


def _is_between(word: str, at: int) -> bool:
    """Whether the vowel at a place stands in vowel, consonant, (here), consonant, vowel."""
    return bool(_BETWEEN_BEFORE.search(word[:at]) and _BETWEEN_BEHIND.match(word, at + 1))
