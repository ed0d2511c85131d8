"""Values of the closed lists that a text spells, in any script."""

from __future__ import annotations

from collections.abc import Iterator

from mappers.codes import CodeList, code_lists, crime_heads
from mappers.lookup.hit import MasterHit, holds
from mappers.text.folding import fold_key

_NEAR = 0.9
_CUT = 82
_MOST_NEAR = 6
_FEWEST_LETTERS = 3
_FEWEST_ALIKE = 0.8


def find_values(
    text: str, day: str, only: str = "", *, with_near: bool = True, by_sound: bool = True
) -> Iterator[MasterHit]:
    """The values whose spelling a text is, then those it comes near to by its letters, else by its sound.

    only: name of a list, "" for all.
    """
    lists = [c for n, c in code_lists().items() if only in ("", n)]
    key = fold_key(text)
    exact = [value_hit(c, c.keys[key], 1.0, text, day) for c in lists if key in c.keys]
    yield from exact
    if with_near and len(key) >= _FEWEST_LETTERS:
        near = [*_find_similar(lists, key, day)]
        yield from near
        # By sound last, since that takes the longest.
        if by_sound and not exact and not near:
            yield from _find_by_sound(lists, text, day)


def _find_similar(lists: list[CodeList], key: str, day: str) -> Iterator[MasterHit]:
    from rapidfuzz import fuzz, process

    spelled: dict[str, list[CodeList]] = {}
    for codes in lists:
        for way in codes.keys:
            spelled.setdefault(way, []).append(codes)
    hits = process.extract(key, list(spelled), scorer=fuzz.ratio, limit=_MOST_NEAR, score_cutoff=_CUT)
    for way, score, _ in hits:
        for codes in spelled[way]:
            yield value_hit(codes, codes.keys[way], round(_NEAR * score / 100, 4), way, day)


def _find_by_sound(lists: list[CodeList], text: str, day: str) -> Iterator[MasterHit]:
    """Values that sound like a text: "hindoo", "kisan"."""
    from mappers.names.index import NameIndex

    spelled: dict[str, list[tuple[CodeList, str]]] = {}
    for codes in lists:
        for value in codes.values:
            for way in (value.replace("_", " "), *codes.spellings.get(value, ())):
                spelled.setdefault(way, []).append((codes, value))
    for match in NameIndex(spelled, with_places=False).search(text, _MOST_NEAR):
        if match.score >= _FEWEST_ALIKE:
            for codes, value in spelled[match.name]:
                yield value_hit(codes, value, round(_NEAR * match.score, 4), match.by, day)


def value_hit(codes: CodeList, value: str, score: float, by: str, day: str) -> MasterHit:
    """A value of a list, with its days and, for a crime head, its sections."""
    first, last = codes.valid.get(value, ("", ""))
    ways = codes.spellings.get(value, ())
    title = ways[0] if ways and ways[0].isascii() and codes.name.startswith("crime_") else value.replace("_", " ")
    return MasterHit(
        codes.name, value, title, score, by, first, last, holds(first, last, day), (), dict(_facts(codes, value))
    )


def _facts(codes: CodeList, value: str) -> Iterator[tuple[str, str]]:
    heads = crime_heads()
    if codes.name == "crime_minor_head":
        yield "major", heads[value].major
    members = [h for h in heads.values() if value == (h.minor if codes.name == "crime_minor_head" else h.major)]
    if codes.name in ("crime_major_head", "crime_minor_head"):
        for name, found in (("ipc", [s for h in members for s in h.ipc]), ("bns", [s for h in members for s in h.bns])):
            if found:
                yield name, "; ".join(dict.fromkeys(found))
