"""Texts of the kind that stands in police tables, per language, from packages whose licences allow it.

Sources: word lists inside Tesseract's models (tessdata_fast, Apache-2.0: every language), Faker (MIT: names, places),
Babel (BSD, data Unicode-3.0: countries, languages, months), Django (BSD: sentences), printed labels of the forms, and
the words below. Names go from one Indic script into another by the common layout of their blocks.
"""

from __future__ import annotations

import importlib
import random
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mappers.languages import printed_labels

LANGUAGES = ("hi", "mr", "bn", "as", "pa", "gu", "or", "ta", "te", "kn", "ml", "ur")
_TESSERACT = dict(
    zip(
        (*LANGUAGES, "en"),
        ("hin", "mar", "ben", "asm", "pan", "guj", "ori", "tam", "tel", "kan", "mal", "urd", "eng"),
        strict=True,
    )
)
_FAKER = {"hi": "hi_IN", "mr": "mr_IN", "bn": "bn_BD", "gu": "gu_IN", "or": "or_IN", "ta": "ta_IN", "en": "en_IN"}
STARTS = {"hi": 0x900, "mr": 0x900, "bn": 0x980, "as": 0x980, "pa": 0xA00, "gu": 0xA80, "or": 0xB00, "ta": 0xB80,
          "te": 0xC00, "kn": 0xC80, "ml": 0xD00, "ur": 0x600}  # fmt: skip
# Languages whose own package has no names take them from Hindi and Odia by letter; Tamil and Urdu cannot.
_LENDERS = {"pa": "hi", "as": "bn", "te": "or", "kn": "or", "ml": "or", "gu": "hi"}
_URDU = """
    محمد احمد علی حسین حسن خان شیخ سید بیگم فاطمہ عائشہ زینب اکبر اسلم رشید حمید مجید کریم رحیم عبدالرحمن عبداللہ
    غلام نبی رسول بشیر نذیر فاروق یوسف یعقوب ابراہیم اسماعیل سلیم وسیم ندیم نسیم شمیم پروین شبنم نسرین یاسمین
    سرینگر اننت ناگ بارہمولہ کپواڑہ پلوامہ جموں حیدرآباد لکھنؤ دہلی تھانہ کوتوالی چوکی رپورٹ ملزم مدعی گواہ چوری
    ڈکیتی قتل اغوا مقدمہ دفعہ ولد سکنہ ساکن موضع تحصیل ضلع انسپکٹر تفتیش گرفتار برآمد مال مسروقہ روزنامچہ
"""


@dataclass(frozen=True)
class Corpus:
    """Texts of one language. words: single words; names: of persons and places; phrases: runs of words."""

    words: tuple[str, ...]
    names: tuple[str, ...]
    phrases: tuple[str, ...]


def read_corpora(tessdata: Path) -> Mapping[str, Corpus]:
    """The corpora of all languages and of English, in a fixed order."""
    packaged = {lang: _faker(lang) for lang in (*LANGUAGES, "en")}
    corpora = {}
    for lang in (*LANGUAGES, "en"):
        names = list(packaged[lang]) + (_URDU.split() if lang == "ur" else [])
        if lang in _LENDERS:
            lender = _LENDERS[lang]
            names += [_shifted(n, STARTS[lender], STARTS[lang]) for n in packaged[lender]]
        phrases = [*_babel(lang), *_django(lang), *(p.text for p in printed_labels() if p.language == lang)]
        keep = _is_english if lang == "en" else _of_script(STARTS[lang])
        words = [*_dictionary(tessdata, lang), *(w for p in phrases for w in p.split())]
        kept = (sorted({_clean(t) for t in ts if keep(_clean(t))}) for ts in (words, names, phrases))
        corpora[lang] = Corpus(*map(tuple, kept))
    return corpora


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub("[\u200b-\u200f\u2060\ufeff]", "", text)).strip()


def _is_english(text: str) -> bool:
    return text.isascii() and len(text) > 1


def _of_script(start: int) -> Callable[[str], bool]:
    end = start + (0x100 if start == 0x600 else 0x80)
    own = re.compile(f"[{chr(start)}-{chr(end - 1)}\u0964\u0965 .,:;()/'-]{{2,80}}")
    letter = re.compile(f"[{chr(start)}-{chr(end - 1)}]{{2}}")
    return lambda text: bool(own.fullmatch(text) and letter.search(text))


def _shifted(text: str, here: int, there: int) -> str:
    """A word's letters at the same places of another block; two that only Odia has as their plain ones."""
    places = {0x5F: 0x2F, 0x71: 0x35}
    moved = (ord(c) - here if here <= ord(c) < here + 0x80 else -1 for c in text)
    return "".join(c if p < 0 else chr(there + places.get(p, p)) for c, p in zip(text, moved, strict=True))


def _dictionary(tessdata: Path, lang: str) -> Iterator[str]:
    """The words of a Tesseract model, longer ones left out."""
    with tempfile.TemporaryDirectory() as folder:
        prefix = f"{folder}/x."
        model = tessdata / f"{_TESSERACT[lang]}.traineddata"
        subprocess.run(["combine_tessdata", "-u", str(model), prefix], check=True, capture_output=True)
        out = Path(folder) / "words"
        subprocess.run(
            ["dawg2wordlist", f"{prefix}lstm-unicharset", f"{prefix}lstm-word-dawg", str(out)],
            check=True, capture_output=True,
        )  # fmt: skip
        yield from (w for w in out.read_text(encoding="utf-8").splitlines() if 2 <= len(w) <= 18)


def _faker(lang: str) -> tuple[str, ...]:
    """Names of persons and places; mr adds to hi."""
    found: set[str] = set()
    for kind in ("person", "address", "company", "job"):
        try:
            provider = importlib.import_module(f"faker.providers.{kind}.{_FAKER.get(lang, '-')}").Provider
        except ModuleNotFoundError:
            continue
        for value in vars(provider).values():
            if isinstance(value, tuple | list) or hasattr(value, "keys"):
                found |= {v for v in value if isinstance(v, str) and "{" not in v and "#" not in v}
    return tuple(sorted(found))


def _babel(lang: str) -> Iterator[str]:
    from babel import Locale

    locale = Locale.parse("en_IN" if lang == "en" else lang)
    for table in (locale.territories, locale.languages, locale.currencies):
        yield from table.values()
    for table in (locale.months, locale.days):
        for width in table["format"].values():
            yield from width.values()
    yield from (z["city"] for z in locale.time_zones.values() if "city" in z)


def _django(lang: str) -> Iterator[str]:
    """Sentences of Django's translations, or for English their originals."""
    import django

    folder = Path(django.__file__).parent
    word = "msgid" if lang == "en" else "msgstr"
    for path in sorted(folder.rglob(f"locale/{'hi' if lang == 'en' else lang}/LC_MESSAGES/django.po")):
        for m in re.finditer(rf'^{word}(?:\[\d\])? ((?:"[^\n]*"\n)+)', path.read_text(encoding="utf-8"), re.M):
            text = "".join(re.findall(r'"(.*)"', m[1])).replace("\\n", " ").replace('\\"', "'")
            if "Project-Id-Version" not in text:
                yield from re.split(r"%\([^)]*\)[sd]|%[sd]|[{}<>]|(?<=[.\u0964]) ", text)


_VOWELS = "a aa i ee u oo ri"
_CONSONANTS = "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h"
# Roman spelling of an Indic letter by its place in the block, as it is typed without marks.
_ROMAN = {
    **dict(enumerate(_VOWELS.split(), 0x05)), 0x0E: "e", 0x0F: "e", 0x10: "ai", 0x11: "o", 0x12: "o",
    0x13: "o", 0x14: "au",
    **dict(enumerate(_CONSONANTS.split(), 0x15)),
    0x3E: "a", 0x3F: "i", 0x40: "i", 0x41: "u", 0x42: "oo", 0x43: "ri", 0x45: "e", 0x46: "e", 0x47: "e", 0x48: "ai",
    0x49: "o", 0x4A: "o", 0x4B: "o", 0x4C: "au", 0x01: "n", 0x02: "n", 0x03: "h", 0x58: "q", 0x59: "kh", 0x5A: "g",
    0x5B: "z", 0x5C: "r", 0x5D: "rh", 0x5E: "f", 0x5F: "y", 0x70: "n", 0x71: "",
}  # fmt: skip
_CONSONANT = frozenset({*range(0x15, 0x3A), *range(0x58, 0x60)})
_SIGN = frozenset({*range(0x3E, 0x4D)})


_SILENT = re.compile("(?<=[aeiou])([^aeiou]{1,2})A(?=[^aeiouA]{1,2}[aeiou])")


def roman(word: str, start: int, *, drops: bool = True) -> str:
    """An Indic word as people type it in Roman letters: राम is ram.

    drops: short a is not said last, nor between vowels.
    """
    places = [ord(c) - start for c in word if 0 <= ord(c) - start < 0x80 and ord(c) - start != 0x3C]
    out = []
    for i, place in enumerate(places):
        out.append(_ROMAN.get(place, ""))
        behind = places[i + 1] if i + 1 < len(places) else None
        if place in _CONSONANT and behind not in _SIGN and not (behind is None and drops):
            out.append("A")
    text = "".join(out)
    return (_SILENT.sub(r"\1", text) if drops else text).lower()


def roman_words(corpora: Mapping[str, Corpus], rng: random.Random, count: int) -> list[str]:
    """Words and names of all Brahmic languages in Roman letters."""
    out = []
    for lang in LANGUAGES[:-1]:
        corpus = corpora[lang]
        pool = [n for n in corpus.names if " " not in n] * 3 + rng.sample(corpus.words, min(count, len(corpus.words)))
        chosen = rng.sample(pool, min(count, len(pool)))
        out += [roman(w, STARTS[lang], drops=lang not in ("te", "kn", "ml", "or")) for w in chosen]
    return sorted({w for w in out if len(w) > 1})


def split(texts: Iterable[str], share: float = 0.12) -> tuple[list[str], list[str]]:
    """Texts to learn from and texts held out; a text always falls on the same side."""
    learn: list[str] = []
    held: list[str] = []
    for text in texts:
        is_held = random.Random(text).random() < share
        (held if is_held else learn).append(text)
    return learn, held
