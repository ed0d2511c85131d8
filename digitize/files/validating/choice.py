"""Rules to run: all of a form, or those selected by code, slug or family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitize.errors import OptionsError
from validators.rulebook.rule import every_rule, load_rules
from validators.rulebook.structure import STRUCTURE

# Faults that a row's reading does not hang on; the others say that a row was not checked, and are always told.
_MAY_BE_IGNORED = ("S005", "S009")


def rules_left_out(form: str, select: Sequence[str], ignore: Sequence[str]) -> frozenset[str]:
    """Codes of disabled rules. select, ignore: codes ("X003"), slugs, or the letter of a family ("X").

    Structural file errors are always reported. Raises OptionsError for an unknown word, and if no rule of the form is
    left.
    """
    rules = {code: made.slug for code, made in every_rule().items()}
    ignored = _find_codes(ignore, {**rules, **{code: STRUCTURE[code].slug for code in STRUCTURE}})
    lost = ignored & STRUCTURE.keys() - set(_MAY_BE_IGNORED)
    if lost:
        raise OptionsError(f"{min(lost)} reports that something was not checked; it cannot be ignored.")
    left_out = ignored | (rules.keys() - _find_codes(select, rules) if select else set())
    if not load_rules(form).keys() - left_out:
        raise OptionsError(f"no rule of {form} is left; see --select and --ignore.")
    return frozenset(left_out)


def _find_codes(words: Sequence[str], slugs: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    for word in words:
        codes = {c for c, slug in slugs.items() if word in (c, slug) or (len(word) == 1 and c.startswith(word))}
        if not codes:
            raise OptionsError(f"there is no rule {word}; docs/rules.md lists them.")
        found |= codes
    return found
