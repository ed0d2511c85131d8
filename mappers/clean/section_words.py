"""The words and signs around section numbers, and the letters of inserted sections, in the scripts of the country."""

from __future__ import annotations

import re

from mappers.text.scripts import INDIC
from mappers.text.section_letters import LETTERS

_ANY_LETTER = rf"[^\W\d_]|[{INDIC}]"
# Abbreviations typed with the digit zero for their dots: भा0द0वि0.
_ZERO_DOT = re.compile(r"(?<=[\u0900-\u0903\u0904-\u0939\u093c-\u094d])0(?![0-9])")
# "498AIpc": the letter of the section and the name of the code without a blank.
GLUED = re.compile(r"(\d\s?[a-f])(?=(?:i\.?\s?p\.?\s?c|indian\s+penal)(?![a-z]))", re.I)
# "304 Part II" is a clause of 304.
PART = re.compile(r"\(?\s*\b(?:part|para)[\s.\-]*(iv|i{1,3}|[1-4])\b\s*\)?", re.I)
AMENDED = re.compile(
    r"(?:\b(?:as|and|read\s+with)\s+)*\bam+en[dm]\w*(?:\s+(?:of|in|act|up\s*to))*[\s,\-]*(?:\d{4})?", re.I
)
# Words between two charges: what stands before may belong to another act. "r/w" only adds to the charge before it.
AND = re.compile(
    r"&(?:amp;)?|\b(?:and|read\s+with)\b|(?<!\S)(?:और|एवं|तथा|व|आणि|এবং|ও|তৎসহ|மற்றும்|మరియు|ಮತ್ತು|ഉം|અને|તથા|ਅਤੇ|ଓ|ଏବଂ|اور)(?!\S)",
    re.I,
)
_LATIN = (
    r"u\s*/?\s*s|under|sections?|sec|secs|s\s*/|r\s*/\s*w|rw|with|of|the|or|case|ps|p\.s|dated|no|offences?|punishable"
    r"|vide|(?:later\s+)?add(?:ed|ing)(?:\s+(?:later|on))?|also|i\.?e"
)
_INDIC = (
    "अंतर्गत|अन्तर्गत|धाराएं|धारा|कलमे|कलम|दफा|जुर्म|की|के|सह|सहपठित|सपठित|या|किंवा|अपराध"
    "|ধারায়|ধারা|ধাৰা|সেকশন|অথবা"
    "|சட்டப்பிரிவு|குற்றப்பிரிவு|பிரிவுகள்|பிரிவு|ச/பி|உ/இ|இ/வ|அல்லது"
    "|సెక్షన్లు|సెక్షన్|సె"
    "|ಕಲಂಗಳು|ಕಲಂ|ಸಹಿತ|ಜೊತೆಗೆ|ಸೆಕ್ಷನ್"
    "|വകുപ്പുകൾ|വകുപ്പ്|പ്രകാരം"
    "|કલમો|કલમ|મુજબ"
    "|ਅਧੀਨ|ਧਾਰਾ|ਜੁਰਮ|ਅ/ਧ|ਅ.ਧ|ਮੁਕੱਦਮਾ"
    "|ଧାରା|ଦଫା|ସହ"
    "|بجرم|جرم|زیر|دفعہ|دفعات"
)
NOISE = re.compile(
    rf"(?<![^\W_])(?:{_LATIN})(?![a-z])\.?|(?<![^\W\d_])(?<![{INDIC}])(?:{_INDIC})(?!{_ANY_LETTER})\.?",
    re.I,
)
BARE = re.compile(r"[\s/,،۔;:.\-–—+&|'\"()\[\]{}=]*")
# What stands between parts of a list; "and" counts as ";".
PARTING = re.compile("[,،;]")
YEAR = re.compile(r"(?:1[89]|20)\d\d")
# "FIR No. 12/2005", "GDE no. 345", "case no. 12/05" and "dt. 5.6.18" beside the sections are no sections. A case
# has the word for its number: "theft case 379/34" are sections.
_DIARY = r"(?:g\.?\s?d\.?(?:\s?e\.?)?|s\.?\s?d\.?\s?e\.?|f\.?\s?i\.?\s?r\.?)\s*(?:entry\s*)?(?:no|number)?"
_CASE = r"(?:case|crime|c\.?\s?r\.?|cr)\s*(?:no|number)"
_DAY = r"\d{1,2}\s?(?P<by>[./-])\s?\d{1,2}\s?(?P=by)\s?"
CASE_NUMBER = re.compile(
    rf"(?<![^\W_])(?:{_DIARY}|{_CASE})[\s.:#\-]*\d{{1,6}}(?:\s*/\s*(?:\d{{4}}|\d{{2}}))?(?![\d(/])"
    rf"|(?<![^\W_])(?:dtd?|dated?|दिनांक|तारीख|তারিখ|তাং)[\s.:\-]*{_DAY.replace('by', 'after')}(?:\d{{4}}|\d{{2}})(?!\d)"
    rf"|(?<![\d./-]){_DAY}(?:1[89]|20)\d\d(?!\d)"
    r"|(?<![\d/])\d{1,5}\s*/\s*(?:1[89]|20)\d\d(?![\d(])",
    re.I,
)
# Words that stand before sections, a number behind them. Not those that stand behind one in other languages.
_UNDER = re.compile(
    r"(?<![^\W_])(?:u\s*/\s*s|under\s+sections?|धारा|कलम|दफा|ಕಲಂ|કલમ|ਅ/ਧ|ਅ\.ਧ|సె|ச/பி|بجرم)(?![^\W\d_])[\s.:\-–(]*(?=\d)",
    re.I,
)
# The list goes on: "341/323 & u/s 506".
_GOES_ON = re.compile(r"(?:[,;&+/]|\b(?:and|or|with|r\s*/\s*w|add(?:ed|ing)?|व|और|एवं|तथा|सह))[\s.:]*$", re.I)
# "1) 302 IPC 2) 201 IPC": the first mark at the beginning, each next one counting on.
_FIRST_MARK = re.compile(r"\W*(?<!\d)1\s*(?P<end>[).])(?=\s|(?<=\))\S|\d{3})\s*")
_MOST_MARKS = 20
# "379 lPC", as readers of print have it.
_AS_READ = re.compile(r"(?:(?<![^\W\d_])[l|]|(?<!\w)1)\s?\.?(?=\s?P\.?\s?C(?![^\W_])(?!\.?\s*[Aa]ct))")
_ACT_BEHIND = r"(?!\s*\.?\s*(?:act|एक्ट|अधि|আইন|ಕಾಯ್ದೆ|ಆಕ್ಟ್)(?![a-z]))"
# Letters with dots are an abbreviation, and the first of them no clause: 34(ఎ) ఎ.పి.
_DOTS_BEHIND = rf"(?!\s*\.\s*(?:{_ANY_LETTER}){{1,3}}\s*\.)"
_SIGN = "|".join(sorted(LETTERS, key=len, reverse=True))
# One or two: 376DA is also written 376डीए and 376 डी.ए.
_LETTER = rf"[a-z]{{1,2}}|(?:{_SIGN})(?:\.?(?:{_SIGN}))?"
_SIGNS = re.compile(_SIGN)
PAREN = rf"\(\s*[0-9a-z{INDIC}]{{1,4}}(?:\s?-\s?[a-z])?\s*\)"
_LOOSE = rf"\s*-?\s*(?:{_LETTER}|[ivx]{{1,4}})(?![a-z{INDIC}]){_ACT_BEHIND}{_DOTS_BEHIND}"
SECTION = re.compile(
    rf"(?<![a-z\d])(?P<number>\d{{1,4}})(?P<letter>\s*-?\s*(?:{_LETTER})(?![a-z{INDIC}]){_ACT_BEHIND})?"
    rf"(?P<tail>(?:\s*{PAREN})(?:\s*{PAREN}|{_LOOSE})*)?"
    rf"|(?P<orphan>{PAREN}(?:\s*{PAREN})*)",
    re.I,
)
CLAUSE = re.compile(rf"{PAREN}|{_LOOSE}", re.I)


# 376DA, 376DB and 376AB with a blank between their letters.
_TWO_LETTERS = re.compile(rf"(?<=376)\s*-?\s*({_SIGN})[\s.]+({_SIGN})(?![a-z{INDIC}])", re.I)
_OF_TWO = frozenset({"DA", "DB", "AB"})


def joined_letters(text: str) -> str:
    """Text in which the two letters of sections 376DA, 376DB and 376AB stand together: "376 डी ए"."""
    return _TWO_LETTERS.sub(lambda m: both if (both := LETTERS[m[1]] + LETTERS[m[2]]) in _OF_TWO else m.group(), text)


def before_sections(text: str) -> str:
    """What stands before "u/s" and is no list of sections, numbers in it: "PS Case No. 234/18". "" for nothing.

    Where the list only goes on there ("341/323 and u/s 506") there is nothing.
    """
    found = _UNDER.search(text)
    before = text[: found.start()] if found else ""
    return before if re.search(r"\d", before) and not _GOES_ON.search(before) else ""


def without_marks(text: str) -> str:
    """Text without the marks of a numbered list, "1) 302 IPC 2) 201 IPC" or "(1) 302 (2) 201"; another as it is."""
    first = _FIRST_MARK.match(text)
    if first is None or not re.search(r"\d", text[first.end() :]):
        return text
    kept, at = "", first.end()
    for number in range(2, _MOST_MARKS):
        mark = re.compile(rf"(?:(?<=\s)|(?<=[,;)]))\(?\s*{number}\s*{re.escape(first['end'])}\s*(?=\S)").search(
            text, at
        )
        if mark is None:
            break
        kept += text[at : mark.start()] + " ; "
        at = mark.end()
    return kept + text[at:]


def code_as_read(text: str) -> str:
    """Text in which "lPC", "|PC" and "1PC" are the penal code."""
    return _AS_READ.sub(" I", text)


def dots_for_zeros(text: str) -> str:
    """Text in which a zero typed for the dot of a Devanagari abbreviation is a dot; the length stays."""
    return _ZERO_DOT.sub(".", text)


def latin_letter(written: str) -> str:
    """A section's letter or clause as a capital Latin letter where it is in another script; without dashes."""
    bare = re.sub(r"[\s\-().]", "", written)
    signs = _SIGNS.findall(bare)
    return "".join(LETTERS[s] for s in signs) if signs and "".join(signs) == bare else bare.upper()
