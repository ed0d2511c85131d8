"""The letters of inserted sections in the scripts of the country: 498A is 498ए, 498क and ৪৯৮এ."""

from __future__ import annotations

# By order (498क) or by sound (498ए): both are 498A.
_BY_ORDER = ("कखगघङ", "কখগঘঙ", "કખગઘ", "ਕਖਗਘ", "କଖଗଘ")
_BY_SOUND = (
    "ए बी सी डी ई", "এ বি সি ডি ই", "ஏ பி சி டி இ", "ఎ బి సి డి ఇ", "ಎ ಬಿ ಸಿ ಡಿ ಇ", "എ ബി സി ഡി ഇ",
    "એ બી સી ડી ઇ", "ਏ ਬੀ ਸੀ ਡੀ ਈ", "ଏ ବି ସି ଡି ଇ", "ऐ बि सि डि इ", "અ બિ સિ ડિ ઈ",
)  # fmt: skip
LETTERS: dict[str, str] = {
    **{sign: letter for signs in _BY_ORDER for sign, letter in zip(signs, "ABCDE", strict=False)},
    **{sign: letter for signs in _BY_SOUND for sign, letter in zip(signs.split(), "ABCDE", strict=True)},
    # Marathi: 498अ, 354ब; its third letter is the first one of Hindi, and is left to that.
    "अ": "A", "ब": "B",
}  # fmt: skip
"""Letter of a local script -> the Latin letter that it stands for."""
