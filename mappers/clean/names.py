"""Names of persons, and what stands beside them: alias, relation, age, address. Never split blindly."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mappers.clean.base import CleanContext, CleanedCell, CleanedRows, Cleaner
from mappers.clean.digits import clean_age
from mappers.codes.joint_names import JOINT_NAME, NAME_OF_FIRM
from mappers.codes.lists import code_lists
from mappers.text.folding import fold_key, fold_written, nfc, squeeze
from mappers.text.memory import Memory
from mappers.text.scripts import INDIC

_EDGES = " \t\n.,;:-–|_'\"*"
_B = rf"(?<![^\W_])(?<![{INDIC}])"
_E = rf"(?![^\W_]|[{INDIC}])"

# What a relation word says of the person named after it. Source: the usage of the states' forms; see lists.toml.
_RELATIONS: Mapping[str, str] = {
    "father": r"[sd]\s*(?:[/.]\s*o|/\s*0)\.?|son\s+of|daughter\s+of|पुत्र|पुत्री|वल्द|आत्मज|आत्मजा|पिता|वडील|পিতা|পিং|ছেলে"
    r"|த\s*/\s*பெ\.?|தகப்பனார்|தந்தை|తండ్రి|ತಂದೆ|ಬಿನ್|પિતા|ਪੁੱਤਰ|ਪੁੱਤਰੀ|ପିତା|ولد|دختر|vald",
    "husband": r"w\s*(?:[/.]\s*o|/\s*0)\.?|wife\s+of|पत्नी|पति|पती|স্বামী|জং|க\s*/\s*பெ\.?|கணவர்|భర్త|ಕೋಂ|પતિ|ਪਤਨੀ|ସ୍ୱାମୀ|زوجہ",
    "mother": r"m\s*/\s*o\.?|माता|মাতা|தாய்|ମାତା",
    "guardian": r"c\s*(?:[/.]\s*o|/\s*0)\.?|care\s+of|द्वारा|প্রযত্নে",
    "wife": r"h\s*/\s*o\.?|husband\s+of",
    "brother": r"b\s*/\s*o\.?|brother\s+of|भाई",
}
_RELATION = re.compile("|".join(f"(?P<{n}>{_B}(?:{w}){_E})" for n, w in _RELATIONS.items()), re.I)
_ALIAS = re.compile(rf"\s*@\s*|{_B}(?:alias|urf|उर्फ|उर्फ़|ওরফে|என்கிற|ఉరఫ్|ಉರುಫ್|എന്ന|ઉર્ફે|ਉਰਫ|ଓରଫ|عرف){_E}\.?", re.I)
# "Of" behind these is part of a saying: "son of", "State of West Bengal", "Inspector of Police".
_SAYINGS = (
    "son daughter wife husband brother sister mother father widow nephew niece grandson uncle care owner proprietor"
    " manager employee student driver member officer state government govt govt. union bank department dept dept."
    " office board council university college institute school ministry church house inspector superintendent"
    " commissioner director secretary chairman collector controller registrar head corporation"
)
# What is cheap to see first: few texts have the word at all.
_OF = r"(?=\s+of\s)" + "".join(rf"(?<!\b{re.escape(word)})" for word in _SAYINGS.split(" "))
_ADDRESS = re.compile(
    rf"{_B}(?:r\s*(?:[/.]\s*o|/\s*0)\.?|resident\s+of|residing\s+at|address|add\.|vill(?:age)?\.?|निवासी|नि\.|साकिन|सा\.|रहि\.|रा\."
    rf"|पता|সাং|সাকিন|ঠিকানা|গ্রাম|முகவரி|నివాసి|ವಾಸ|વાસી|ਵਾਸੀ|ساکن)(?![^\W_])[\s:.\-]*|{_OF}\s+of\s+",
    re.I,
)
_AGE_WORD = r"(?:aged?(?:\s+about)?|उम्र|आयु|वय|বয়স|বয়স|வயது|వయస్సు|ವಯಸ್ಸು|വയസ്സ്|ઉ\.\s*વ\.?|ਉਮਰ|ବୟସ)"
_YEARS = r"(?:\s*(?:years?|yrs?\.?|वर्षे?|साल|বছর|বৎসর|வயது|ఏళ్ళు|ವರ್ಷ|വയസ്സ്|વર્ષ|ਸਾਲ|ବର୍ଷ))"
_AGE = re.compile(
    rf"{_B}{_AGE_WORD}[\s:.\-]*(?P<a>\d{{1,3}})(?!\d){_YEARS}?|\(\s*(?P<b>\d{{1,3}}){_YEARS}?\s*\)"
    rf"|(?<!\d)(?P<c>\d{{1,3}}){_YEARS}{_E}(?:\s+old)?",
    re.I,
)
_DIGIT = re.compile("[0-9]")
_JOINT, _FIRM = re.compile(JOINT_NAME), re.compile(NAME_OF_FIRM)
_LETTERS = re.compile(r"(?:[^\W\d_]|[\u0900-\u0963\u0970-\u0d7f\u200c\u200d])+")
# Words that belong to a saying of several words.
_PART_OF_SAYING = re.compile(r"(?i)(?:of|at)\Z")
PERSON_PARTS = ("name", "alias", "relation", "relative_name", "age", "address")


class BareWords(Memory[bool]):
    """Which words can be nothing but a piece of a name, so that a text of such words needs no closer look: letters
    only, and none of the words that say something of a person.
    """

    def __init__(self, *telling: re.Pattern[str]) -> None:
        """telling: patterns of which each match holds, within one word, something that one of them finds there."""
        super().__init__(self._is_bare)
        self._telling = telling

    def _is_bare(self, word: str) -> bool:
        if not _LETTERS.fullmatch(word) or nfc(word) != word:
            return False
        # Between two others, since the pattern of joint names wants a word on either side.
        return not any(p.search(word) for p in self._telling) and not _JOINT.search(f"x {word} x")

    def parts(self, text: str) -> dict[str, CleanedCell] | None:
        """The parts of a person's text that is a name, or a name and an alias, as nearly all are; None for another.

        One blank stands between its words.
        """
        words = text.split(" ")
        kinds = list(map(self.__getitem__, words))
        if False not in kinds:
            return {"name": CleanedCell(text, 1.0, (), text)}
        at = kinds.index(False)
        if not 0 < at < len(words) - 1 or False in kinds[at + 1 :] or not _ALIAS_WORDS[words[at]]:
            return None
        alias, name = " ".join(words[at + 1 :]), " ".join(words[:at])
        return {"alias": CleanedCell(alias, 1.0, (), alias), "name": CleanedCell(name, 1.0, (), name)}


def _is_alias_word(word: str) -> bool:
    return _ALIAS.fullmatch(word) is not None and nfc(word) == word


_ALIAS_WORDS = Memory(_is_alias_word)
TELLING = (_RELATION, _ALIAS, _ADDRESS, _PART_OF_SAYING)
_BARE = BareWords(*TELLING)


def clean_name(raw: str, context: CleanContext) -> CleanedCell:
    """A name as written, in one line, without punctuation at its ends; initials, titles and order stay."""
    return CleanedCell(squeeze(raw).strip(_EDGES) or None)


def clean_relative(raw: str, context: CleanContext) -> CleanedRows:
    """A relative ("S/o ...", "पिता - ...") as relation and relative_name; without such a word no relation is given."""
    text = squeeze(raw)
    m = _RELATION.match(text.lstrip(_EDGES))
    rest = text.lstrip(_EDGES)[m.end() :] if m else text
    parts = {"relative_name": _relative(rest.strip(_EDGES) or None)}
    if m and m.lastgroup:
        parts["relation"] = CleanedCell(m.lastgroup, raw=m.group())
    return CleanedRows((parts,))


def clean_person(raw: str, context: CleanContext) -> CleanedRows:
    """One person with what stands beside the name, as parts name, alias, relation, relative_name, age, address.

    Splits only at words that say so (S/o, उर्फ, r/o, aged ...); where none is, the whole text is the name. More than
    one relation word may mean more than one person, and so may a comma or "and" within a name that is no firm's: the
    name, and a relative's name that holds such a word, is then doubted with the note "several-persons".
    """
    text = squeeze(raw)
    return CleanedRows((_BARE.parts(text) or person_parts(text),))


def person_parts(text: str) -> dict[str, CleanedCell]:
    """The parts of one person's text; see clean_person."""
    parts: dict[str, CleanedCell] = {}
    text, age = _take_age(nfc(text))
    if age is not None:
        parts["age"] = age
    several = len(_RELATION.findall(text)) > 1
    text, address = _cut_out(text, _ADDRESS)
    if address:
        parts["address"] = CleanedCell(address, raw=address)
    m = _RELATION.search(text)
    if m and m.lastgroup:
        _add_relative(parts, m, text)
        text = text[: m.start()]
    text, alias = _cut_out(text, _ALIAS)
    if alias:
        parts["alias"] = CleanedCell(alias, raw=alias)
    name = text.strip(_EDGES)
    several = several or (_JOINT.search(name) is not None and _FIRM.search(name) is None)
    if name or not parts:
        parts["name"] = CleanedCell(
            name or None, 0.5 if several else 1.0, ("several-persons",) if several else (), name
        )
    return parts


def _add_relative(parts: dict[str, CleanedCell], m: re.Match[str], text: str) -> None:
    parts["relation"] = CleanedCell(m.lastgroup, raw=m.group())
    relative = text[m.end() :].strip(_EDGES)
    if relative:
        parts["relative_name"] = _relative(relative, relative)


def _relative(name: str | None, raw: str = "") -> CleanedCell:
    """The name of a relative; doubted where it holds another relation word, since another person may begin there."""
    several = name is not None and _RELATION.search(name) is not None
    return CleanedCell(name, 0.5 if several else 1.0, ("several-persons",) if several else (), raw)


def _take_age(text: str) -> tuple[str, CleanedCell | None]:
    folded = fold_written(text)
    # Places in the folded text hold in the text itself only while both are equally long.
    found = list(_AGE.finditer(folded)) if len(folded) == len(text) and _DIGIT.search(folded) else []
    if len(found) != 1:
        return text, None
    m = found[0]
    years = clean_age(m.group("a") or m.group("b") or m.group("c"), CleanContext())
    age = CleanedCell(years.value, years.confidence, years.notes, text[m.start() : m.end()])
    # A comma in place of the age keeps what stood before it apart from what stood behind.
    return f"{text[: m.start()].rstrip(' ,;')}, {text[m.end() :].lstrip(' ,;')}", age


def _cut_out(text: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    # Not at the very beginning: something must stand before the word.
    m = pattern.search(text, 1) if text else None
    return (text[: m.start()], text[m.end() :].strip(_EDGES)) if m else (text, "")


# The key of a text under which it is looked up is those of its words.
_KEYS = Memory(fold_key)


# "Sub-Inspector of Police" is as much of a rank as without; "Superintendent of Police" stands in the list as it is.
_OF_POLICE = re.compile(r"(?<=\S)\s+of\s+police(?![^\W_])", re.I)


def clean_officer(raw: str, context: CleanContext) -> CleanedRows:
    """An officer with the rank before or behind the name ("उ.नि. ...", "..., S.I.") as parts name and rank."""
    text = squeeze(raw)
    ranks, words = code_lists()["rank"].keys, text.split()
    if not any(_KEYS[" ".join(w)] in ranks for w in (words[:3], words[-3:])):
        words = _OF_POLICE.sub("", text).split()
    keys = list(map(_KEYS.__getitem__, words))
    # One word at least must be left for the name.
    for size in range(min(3, len(words) - 1), 0, -1):
        for at in (slice(size), slice(-size, None)):
            found = ranks.get("".join(keys[at]))
            if found:
                rank, name = words[at], words[size:] if at.start is None else words[:-size]
                written = " ".join(name).strip(_EDGES)
                return CleanedRows(
                    (
                        {
                            "name": CleanedCell(written or None, raw=written),
                            "rank": CleanedCell(found, raw=" ".join(rank)),
                        },
                    )
                )
    return CleanedRows(({"name": clean_name(raw, context)},))


CLEANERS = (
    Cleaner("name", clean_name, kinds=("name", "text")),
    Cleaner(
        "relative",
        rows=clean_relative,
        parts=("relation", "relative_name"),
        main="relative_name",
        lists={"relation": "relation_type"},
    ),
    Cleaner("officer", rows=clean_officer, parts=("name", "rank"), main="name", lists={"rank": "rank"}),
    Cleaner("person", rows=clean_person, parts=PERSON_PARTS, main="name", lists={"relation": "relation_type"}),
)
