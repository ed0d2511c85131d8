"""Blocks of persons or property, one a line, as rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mappers.clean.base import CleanContext, CleanedCell, CleanedRows, Cleaner
from mappers.clean.money import clean_money
from mappers.clean.names import PERSON_PARTS, TELLING, BareWords, person_parts
from mappers.codes.lists import code_lists
from mappers.text.folding import fold_key, fold_written, nfc, squeeze
from mappers.text.scripts import INDIC

OTHERS = "others"
"""Note of a row that stands for persons who are only counted."""

_MARK = re.compile(r"(?:^|(?<=[\s,;]))(?:\(?\s*\d{1,2}\s*[).](?!\d)|\(?[ivx]{1,4}\s*\))\s*(?=[^\s\d])", re.I)
_UNKNOWN = re.compile(
    r"unknown|un-?identified|not\s+known|n\.\s*k\.|अज्ञात|अनजान|अनोळखी|অজ্ঞাত|অপরিচিত|அடையாளம்\s+தெரியாத|தெரியாத|పేరు\s+తెలియని"
    r"|గుర్తు\s*తెలియని|ಅಪರಿಚಿತ|അജ്ഞാത|અજાણ્ય|ਨਾਮਾਲੂਮ|ਅਣਪਛਾਤ|ଅଜ୍ଞାତ|نامعلوم",
    re.I,
)
_OTHERS = re.compile(
    r"^\W*(?:and|&|व|तथा|एवं|और|ও|এবং|மற்றும்)?\s*(?:\d+\s*)?(?:others?|अन्य|इतर|অন্যান্য|மற்றவர்கள்|etc\.?)(?![^\W\d_])",
    re.I,
)
_AND = r"and|&|व|तथा|एवं|और|आणि|ও|এবং|আৰু|மற்றும்|మరియు|ಮತ್ತು|તથા|અને|ਅਤੇ|ਤੇ|ଓ|ଏବଂ|و|اور"
_MORE = (
    r"others?|अन्य|इतर|অন্যান্য|অন্য|আন|மற்றவர்கள்|பிறர்|ఇతరులు|ఇతర|ಇತರರು|ಇತರೆ|ಇತರ|മറ്റുള്ളവരും|മറ്റുള്ളവർ|മറ്റു|અન્ય|ਹੋਰ|ଅନ୍ୟମାନେ|ଅନ୍ୟ|دیگر"
)
_PEOPLE = r"persons?|people|व्यक्ति|लोग|नफर|जन|जण|জন|பேர்|நபர்கள்|మంది|ಜನರು|ಜನ|പേരും|പേർ|ઇસમો|જણા|ਵਿਅਕਤੀ|ਜਣੇ|ଜଣ|افراد|کس"
_NOT_IN_WORD = rf"(?<![^\W\d_])(?<![{INDIC}])"
_ETC = r"etc\.?|आदि|वगैरह|वगैरा|वगैरे|আদি|প্রমুখ|முதலியோர்|ਵਗੈਰਾ|وغیرہ"
# What stands behind the last name for those that nobody named: "and 3 others", "व अन्य 3", "etc. 5 persons".
_WITH_OTHERS = re.compile(
    rf"[\s,;]*{_NOT_IN_WORD}(?:(?:{_AND})\s*(?:(?:{_MORE})(?:\s*\d+)?|\d+\s*(?:{_MORE}|{_PEOPLE}))|(?:{_MORE})\s*\d+|(?:{_ETC})"
    rf"(?:\s*\d+)?)(?:\s*(?:{_MORE}|{_PEOPLE}))*\W*$",
    re.I,
)
_WHO = r"men|accused|culprits?|thieves|thief|miscreants?|चोर|आरोपी|अभियुक्त|इसम|চোর|আসামী|திருடர்கள்|دیگر|ملزمان"
# Behind a name, those whom nobody could name: "and 2 unknown persons", "व अज्ञात 2 व्यक्ति".
_WITH_UNKNOWN = re.compile(
    rf"[\s,;]*{_NOT_IN_WORD}(?:{_AND})\s*(?:\d+\s*)?(?:{_UNKNOWN.pattern})[{INDIC}]*(?:\s*\d+)?"
    rf"(?:\s*(?:{_MORE}|{_PEOPLE}|{_WHO}))*(?:\s*\d+)?\W*$",
    re.I,
)
_BARE = BareWords(*TELLING, _UNKNOWN, re.compile(rf"(?:{_MORE}|{_ETC})|known\Z|తెలియని\Z", re.I))
_VALUE = re.compile(
    r"[\s,;:\-–(@]*(?:(?:value[d]?(?:\s+(?:at|of))?|worth|मूल्य|कीमत|किंमत|মূল্য|দাম|மதிப்பு)\s*[:\-]?\s*)?"
    r"((?:rs\.?|₹|रु\.?|रू\.?|টাকা|ரூ\.?)\s*[\d,]+(?:\.\d+)?\s*(?:/[\s\-=]*)?|[\d,]+(?:\.\d+)?\s*(?:/\s*[\-=]+|टाका|টাকা|रुपये|روپے))\)?\s*\.?$",
    re.I,
)


# What parts short values of one line: ages, sexes.
_SHORT = re.compile(r"\s*[^\s,/;&]{1,12}\s*(?:[,/;&]\s*[^\s,/;&]{1,12}\s*)+")
_PARTING = re.compile(r"[,/;&]")


def is_nobody(name: str) -> bool:
    """Whether what stands for a name says that nobody knew it."""
    return bool(_UNKNOWN.search(name))


def split_items(raw: str) -> list[str]:
    """The items of a block: at marks such as "1)" and "(ii)" where there are any, else one a line.

    A line without a mark below a marked one continues it. Nothing is split at commas or "and".
    """
    text = nfc(raw)
    folded = fold_written(text)
    # Places in the folded text hold in the text itself only while both are equally long.
    marks = list(_MARK.finditer(folded)) if len(folded) == len(text) else []
    if not marks:
        return [line for line in (squeeze(x) for x in text.splitlines()) if line]
    ends = [m.start() for m in marks[1:]] + [len(text)]
    items = [text[: marks[0].start()], *(text[m.end() : end] for m, end in zip(marks, ends, strict=True))]
    return [line for line in (squeeze(x).strip(" ,;") for x in items) if line]


def lines_of(text: str, kind: str) -> list[str]:
    """The items of a cell, one for each person; kind: name of the cleaner; short values are parted by commas."""
    items = split_items(text)
    if len(items) == 1 and kind in ("age", "code", "int") and _SHORT.fullmatch(text):
        return [item.strip() for item in _PARTING.split(text)]
    return items


def clean_persons(raw: str, context: CleanContext) -> CleanedRows:
    """A block of persons as rows: the parts of clean_person, and status "unknown" for those nobody could name.

    Others who are only counted ("व अन्य 3", "and 2 others", "and 2 unknown persons") are one row with status "unknown"
    and the note "others".
    """
    plain = _BARE.parts(raw)
    if plain:
        return CleanedRows((plain,), texts=(raw,))
    rows = [(row, item) for item in split_items(raw) for row in persons_of_item(item)]
    return CleanedRows(tuple(row for row, _ in rows), texts=tuple(item for _, item in rows))


def persons_of_item(item: str) -> Iterator[Mapping[str, CleanedCell]]:
    """The person of one item, and a row for others who are only counted behind the name."""
    folded = fold_written(item)
    m = None
    if len(folded) == len(item):
        m = _WITH_OTHERS.search(folded) or _WITH_UNKNOWN.search(folded)
    if m is None or not m.start():
        yield _person(item)
        return
    yield _person(item[: m.start()])
    yield {"status": CleanedCell("unknown", 0.9, (OTHERS,), item[m.start() :].strip(" ,;"))}


def _person(item: str) -> Mapping[str, CleanedCell]:
    if _OTHERS.match(item):
        return {"status": CleanedCell("unknown", 0.9, (OTHERS,), item)}
    if _UNKNOWN.search(item):
        return {"status": CleanedCell("unknown", 1.0, (), item)}
    return person_parts(item)


def clean_property(raw: str, context: CleanContext) -> CleanedRows:
    """A block of things as rows of description, value (rupees) and, where its words name one, category."""
    items = tuple(split_items(raw))
    return CleanedRows(tuple(_thing(item, context) for item in items), texts=items)


def _thing(item: str, context: CleanContext) -> Mapping[str, CleanedCell]:
    folded = fold_written(item)
    m = _VALUE.search(folded) if len(folded) == len(item) else None
    described = (item[: m.start()] if m else item).strip(" ,;:-–(")
    parts = {"description": CleanedCell(described or None, raw=described or item)}
    if m:
        money = clean_money(m.group(1), context)
        parts["value"] = CleanedCell(money.value, money.confidence, money.notes, item[m.start(1) : m.end(1)].strip())
    category = _category(described)
    if category:
        parts["category"] = CleanedCell(category, 0.8, ("category-from-words",), described)
    return parts


def _category(text: str) -> str | None:
    """The one category that a word or two neighbouring words of the text spell; None when none or several do."""
    words = re.findall(r"[^\s,;:()/]+", text)
    pairs = [" ".join(p) for p in zip(words, words[1:], strict=False)]
    keys = code_lists()["property_category"].keys
    found = {keys[k] for k in map(fold_key, [*words, *pairs]) if k in keys and keys[k] != "other"}
    return found.pop() if len(found) == 1 else None


CLEANERS = (
    Cleaner(
        "persons",
        rows=clean_persons,
        parts=(*PERSON_PARTS, "status"),
        main="name",
        many=True,
        lists={"relation": "relation_type"},
    ),
    Cleaner(
        "property",
        rows=clean_property,
        parts=("description", "value", "category"),
        main="description",
        many=True,
        derived=("category",),
        lists={"category": "property_category"},
    ),
)
