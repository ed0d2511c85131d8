"""Whether Latin letters are words, or the codes of a font that draws another script with them.

Known fonts give themselves away by name; the others by pairs of letters: of those in English, in Indian names and in
Indian languages written in Latin letters nearly all are among the 230 below, of the codes of such fonts few. On the
vectors of 36 fonts and codes at most 0.77 were, in lists of 25 Indian names at least 0.79; the fonts between have
capitals or signs inside their words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PAIRS = frozenset(
    """
    ab ac ad ag ai ak al am an ap ar as at au av ay ba be bi bl bo br bs bu ca cc ce ch ci ck cl co cr cs ct cu da
    de di do dr ds du ea eb ec ed ee ef eg ei el em en ep er es et ev ew ex ey fa fe ff fi fo fr ga ge gh gi gl gn
    go gr gu ha he hi ho hr ht ia ib ic id ie if ig il im in io ip ir is it iv ja je jo ka ke ki ks la ld le li ll
    lo ls lt lu ly ma mb me mi mm mo mp ms na nc nd ne nf ng ni nk nn no ns nt nu nv ob oc od of og ol om on oo op
    or os ot ou ov ow pa pe ph pi pl po pp pr ps pt pu py qu ra rc rd re rg ri rk rl rm rn ro rp rr rs rt ru ry sa
    sc se sh si sk so sp ss st su sy ta te th ti to tr ts tt tu ty ua ub uc ud ue ui ul um un up ur us ut va ve vi
    wa we wh wi wo xt yp ys
    """.split()  # noqa: SIM905 - a page of quotes otherwise
)
_LEGACY_FONTS = re.compile(
    r"kruti|devlys|dev lys|chanakya|walkman|shusha|shivaji|shree|suchi|akruti|aps[- _]?c?[- _]?dv|yogesh|surekh"
    r"|ganesh|kiran|marathi[- ]?(kanak|tirkas|roupya)|richa|agra\b|4cgandhi|dv[bw]?[- _]?tt|dvb|isfoc|ism[- _]"
    r"|bn[- _]?tt|sutonny|bijoy|geetanjali|ramdhenu|as[- _]tt|aabp|bamini|baamini|tscii|tsc_|tab[-_]|tam[-_]"
    r"|vanavil|senthamil|elango|nudi|baraha|brh[- _]|kan[- _]tt|ml[- _]?tt|karthika|revathi|fml|panchami|anmol"
    r"|asees|satluj|gurbani|drchatrik|joy|lmg|harikrishna|gopika|terafont|saumil|kap\d|tikkana|hemalatha"
    r"|tl[- _]tt|anu[- _]|vaartha|eenadu|priyaanka|noorin?\d|inpage|oriya ?sarala|or[- _]tt|gu(j)?[- _]?tt"
    r"|pn[- _]tt|hemlata",
    re.IGNORECASE,
)
# A font that was cut down to the letters used is named with six capitals and a plus before.
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_LETTERS = re.compile("[A-Za-z]+")
# Letters and signs of Windows-1252 beyond ASCII, where old fonts keep many of their shapes.
_HIGH = re.compile("[\u00a1-\u00ff\u0152-\u0178\u0192\u02c6\u02dc\u2020-\u2022\u2030\u2039\u203a\u20ac\u2122]")
# Of these English texts have some, too.
_USUAL_HIGH = frozenset("£§©«®°±²³·»¼½¾×÷•€™†\u00ad")
_CAPITAL_INSIDE = re.compile("[a-z][A-Z]")
_SIGN_INSIDE = re.compile(r"[A-Za-z][\[\]{}|\\~^`<>+=;:%$#@*_\"!?]+[A-Za-z]")
_FEWEST_LETTERS, _FEWEST_PAIRS = 8, 5
_ENOUGH_LETTERS = 24
# Below the .79 of Indian names; what codes have more is told by signs and capitals inside words.
_LEAST_PAIRS, _LEAST_PAIRS_OF_FEW = 0.72, 0.5
_MOST_HIGH, _MOST_HIGH_OF_FEW = 0.08, 0.25
_MOST_ODD = 0.2
_SHIFTS = (29, 28, 31, 30, 3, 1, -1)
"""By how much codes are lower than letters in fonts that were cut down without a map: glyph 36 for A, and the like."""


def is_legacy_font(name: str) -> bool:
    """Whether a font is named as one that draws an Indian script with Latin codes."""
    return _LEGACY_FONTS.search(_SUBSET.sub("", name)) is not None


def is_latin_nonsense(words: Sequence[str]) -> bool:
    """Whether words of Latin letters are no words. Fewer than 8 letters tell nothing, fewer than 24 must be worse."""
    text = " ".join(words)
    pairs = [w[i : i + 2] for w in _LETTERS.findall(text.lower()) for i in range(len(w) - 1)]
    high = [c for c in _HIGH.findall(text) if c not in _USUAL_HIGH]
    letters = sum(map(len, _LETTERS.findall(text))) + len(high)
    if letters < _FEWEST_LETTERS:
        return False
    known = sum(p in _PAIRS for p in pairs)
    if letters < _ENOUGH_LETTERS:
        is_unknown = len(pairs) >= _FEWEST_PAIRS and known < _LEAST_PAIRS_OF_FEW * len(pairs)
        return is_unknown or len(high) > _MOST_HIGH_OF_FEW * letters
    is_unknown = len(pairs) >= _ENOUGH_LETTERS // 2 and known < _LEAST_PAIRS * len(pairs)
    return is_unknown or len(high) > _MOST_HIGH * letters or _odd(words) > _MOST_ODD


def _odd(words: Sequence[str]) -> float:
    """Share of words with capitals or signs where no language has them; addresses and domains are none."""
    written = [w for w in words if _LETTERS.search(w) and "@" not in w and "://" not in w and "www." not in w]
    odd = sum(bool(_CAPITAL_INSIDE.search(w) or _SIGN_INSIDE.search(w)) for w in written)
    return odd / len(written) if written else 0.0


def is_shifted(words: Sequence[str]) -> bool:
    """Whether nonsense becomes words when every code is moved by one of the usual steps."""
    text = "\n".join(words)
    return any(_reads(text, shift) for shift in _SHIFTS)


def _reads(text: str, shift: int) -> bool:
    moved = "".join(chr(ord(c) + shift) if c != "\n" and 0 < ord(c) + shift < 0x250 else c for c in text).split()
    letters = sum(map(len, _LETTERS.findall(" ".join(moved))))
    return letters >= max(_ENOUGH_LETTERS, len("".join(moved)) // 2) and not is_latin_nonsense(moved)
