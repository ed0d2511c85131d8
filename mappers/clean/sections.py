"""Lists of acts and sections: "u/s 341/323/506/34 IPC", "धारा 379, 411 भा.द.वि."."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from mappers.clean.act_words import LETTER
from mappers.clean.acts import ActFound, act_on, find_acts, names_an_act
from mappers.clean.base import CleanContext, CleanedCell, CleanedRows, Cleaner
from mappers.clean.section_groups import (
    SectionGroup,
    Written,
    by_and,
    by_last_section,
    last_section,
    may_be_meant,
    section_number,
)
from mappers.clean.section_words import (
    AMENDED,
    AND,
    BARE,
    CASE_NUMBER,
    GLUED,
    NOISE,
    PAREN,
    PART,
    PARTING,
    SECTION,
    YEAR,
    before_sections,
    code_as_read,
    dots_for_zeros,
    joined_letters,
    without_marks,
)
from mappers.codes.acts import bns_sections, ipc_sections
from mappers.codes.sections import NEW_LAW_FROM
from mappers.text.folding import fold_written, squeeze

_KEPT = 1 << 14
# Section numbers parted by slashes and, behind them, words without a digit.
_PLAIN_LIST = re.compile(
    r"(?P<numbers>[1-9]\d{0,2}[A-Z]?(?:/[1-9]\d{0,2}[A-Z]?)*) (?P<act>[^\s\d/,;&()-][^\d/,;&()-]{1,30})"
)
_WORD = re.compile(rf"(?:{LETTER}){{2}}")
_SLASHES = re.compile("/")
_NOT_DIGITS = re.compile("[^0-9/]")


def clean_sections(raw: str, context: CleanContext) -> CleanedRows:
    """Acts and sections as rows of act, section and inferred ("yes" when no act is named for the section).

    Sections are canonical as "379", "498A", "376(2)(n)". An act that is not named is inferred with the note
    "act-inferred": the BNS where the context's day is 1 July 2024 or later, which then is the law in force, else the
    IPC. Offences of the penal code before "and" in "498A/406 and 3/4 DP Act" have no act of their own and are inferred
    too, and so is a part of the list with a section beyond the last one of the act behind it: "302/34, 25 Arms Act".
    Nothing is inferred where words stand that are not known, for they may name an act ("act-unknown"), nor for a
    section that the penal code has not or in which it only defines words ("act-unclear"): "25/27" is of some other act.
    What is neither section nor act nor a word of the trade becomes a row whose section has no value ("unparsed"), and
    so do dates and numbers of cases and diaries. A number that the IPC, the BNS or an act of known length has not is
    kept, doubted, as "section-unknown".
    """
    numbers, act = _plain_list(raw)
    return _plain_rows(numbers, act) if act else parse_sections(raw, context)


def _plain_list(raw: str) -> tuple[str, str]:
    """(section numbers, their act) of a list written the plain way, which is the same on every day; else ("", "")."""
    plain = _PLAIN_LIST.fullmatch(raw)
    act = _only_act(plain["act"]) if plain else ""
    return (plain["numbers"], act) if plain and act and not _goes_beyond(plain["numbers"], act) else ("", "")


def _is_timeless(raw: str) -> bool:
    return bool(_plain_list(raw)[1])


def parse_sections(raw: str, context: CleanContext) -> CleanedRows:
    """The rows of any list, however it is written; `clean_sections` calls it where a list is not quite plain."""
    text = joined_letters(dots_for_zeros(code_as_read(without_marks(fold_written(squeeze(raw))))))
    text = PART.sub(r"(\1)", GLUED.sub(r"\1 ", text))
    text = AMENDED.sub(" ", re.sub(r"&amp;", "&", html.unescape(text), flags=re.I))
    before = before_sections(text)
    if before and not find_acts(before):
        text = text[len(before) :]
    else:
        before = ""
    # Taken out first, for the number of a case ("12/2005") would be read as sections.
    numbers = [*filter(None, [before.strip()]), *(m.group() for m in CASE_NUMBER.finditer(text))]
    rows: list[dict[str, CleanedCell]] = []
    for group in (part for g in _groups(CASE_NUMBER.sub(" ", text)) for part in by_last_section(g)):
        rows += _group_rows(group, context)
        rows += [_make_unparsed(piece) for piece in group.leftover]
    return CleanedRows(tuple(_drop_doubles([*rows, *map(_make_unparsed, numbers)])))


@lru_cache(maxsize=_KEPT)
def _only_act(text: str) -> str:
    """The one act that a text names with nothing beside it, whatever the day; "" where it is not so plain."""
    found = find_acts(f"1 {text}")
    is_all = len(found) == 1 and found[0].start == len("1 ") and found[0].end == len(text) + len("1 ")
    is_plain = is_all and len(found[0].ids) == 1 and not found[0].is_near and not AMENDED.search(text)
    return found[0].ids[0] if is_plain else ""


def _goes_beyond(numbers: str, act: str) -> bool:
    """Whether an act ends before one of the sections."""
    last = last_section((act,))
    return last > 0 and max(map(int, _SLASHES.split(_NOT_DIGITS.sub("", numbers)))) > last


def _plain_rows(numbers: str, act: str) -> CleanedRows:
    """The rows of "379/411 IPC", the way nearly all lists are written: nothing else is looked for."""
    return CleanedRows(tuple(_plain_row(n, act) for n in dict.fromkeys(_SLASHES.split(numbers))))


@lru_cache(maxsize=_KEPT)
def _plain_row(number: str, act: str) -> Mapping[str, CleanedCell]:
    match = SECTION.fullmatch(number)
    assert match is not None
    return {
        "act": CleanedCell(act),
        "section": _canonical(Written(match), act),
        "inferred": CleanedCell("no", raw=number),
    }


def _make_unparsed(piece: str) -> dict[str, CleanedCell]:
    return {"section": CleanedCell(None, 0.0, ("unparsed",), piece)}


def _groups(text: str) -> list[SectionGroup]:
    """Sections with the act that governs them: the one behind them; the one before where the text begins with one."""
    found = _drop_echo(text, find_acts(text))
    leads = bool(found) and not SECTION.search(text[: found[0].start])
    groups: list[SectionGroup] = []
    at = 0
    for act in found:
        group = _sections_of(text[at : act.start])
        at = act.end
        if leads:
            if groups:
                groups[-1].extend(group)
            groups.append(SectionGroup(act=act, leftover=group.leftover if not groups else [], leads=True))
        else:
            groups += by_and(group, act, first=not groups)
    rest = _sections_of(text[at:])
    if leads and groups:
        groups[-1].extend(rest)
    else:
        groups.append(rest)
    return groups


def _drop_echo(text: str, found: list[ActFound]) -> list[ActFound]:
    """An act's name and its abbreviation right behind, as in "Bharatiya Nyaya Sanhita (BNS), 2023", are one name."""
    kept: list[ActFound] = []
    for act in found:
        if kept and set(kept[-1].ids) & set(act.ids) and not re.search(r"[^\s(),.\-]", text[kept[-1].end : act.start]):
            year = re.match(r"[\s).,]*(?:(?:1[89]|20)\d\d(?!\d))?", text[act.end :])
            both = tuple(i for i in kept[-1].ids if i in act.ids)
            kept[-1] = ActFound(kept[-1].start, act.end + (year.end() if year else 0), both)
        else:
            kept.append(act)
    return kept


def _sections_of(text: str) -> SectionGroup:
    group = SectionGroup()
    marked = NOISE.sub(" ", AND.sub(" ; ", text))
    end = part = 0
    prefix = ""
    for m in SECTION.finditer(marked):
        cut = group.cut
        gap = marked[end : m.start()]
        _note_gap(group, gap)
        part += bool(PARTING.search(gap))
        end = m.end()
        if m.group("orphan"):
            # A clause behind "and" belongs to the section before it: no new charge begins there.
            group.cut = cut
            if prefix:
                group.sections.append(Written(m, prefix, part))
            else:
                group.leftover.append(m.group())
        elif not (YEAR.fullmatch(m.group("number")) and not m.group("letter") and not m.group("tail")):
            clauses = re.findall(PAREN, m.group("tail") or "", re.I)
            prefix = m.group("number") + "".join(re.sub(r"\s", "", c) for c in clauses[:-1])
            group.sections.append(Written(m, part=part))
    _note_gap(group, marked[end:])
    return group


def _note_gap(group: SectionGroup, gap: str) -> None:
    if ";" in gap:
        group.cut = len(group.sections)
    if not BARE.fullmatch(gap):
        group.leftover.append(gap.strip(" /,;:.-–—()[]{}"))


def _group_rows(group: SectionGroup, context: CleanContext) -> Iterator[dict[str, CleanedCell]]:
    if group.act and not group.sections:
        yield {"act": _act(group.act, context), "section": CleanedCell(None, 0.0, ("section-missing",), " ")}
    if not group.act and any(map(_may_name_an_act, group.leftover)):
        of_group = CleanedCell(None, 0.0, ("act-unknown",))
    else:
        of_group = _act(group.act, context) if group.act else _infer_code(context)
    for written in group.sections:
        act = of_group
        section = _canonical(written, act.value or "")
        if group.is_open and act.value:
            act = CleanedCell(act.value, 0.6, ("act-inferred",))
        if not group.act and act.value and not _may_be_inferred(section, act.value):
            act = CleanedCell(None, 0.0, ("act-unclear",))
        is_inferred = bool(act.value) and (group.act is None or group.is_open)
        inferred = CleanedCell("yes" if is_inferred else "no", raw=written.match.group().strip())
        yield {"act": act, "section": section, "inferred": inferred}


def _may_be_inferred(section: CleanedCell, code: str) -> bool:
    return "section-unknown" not in section.notes and may_be_meant(section.value or "", code)


def _may_name_an_act(leftover: str) -> bool:
    """Whether words are left over: any may be an act that is not known, or its abbreviation."""
    return bool(_WORD.search(leftover)) or names_an_act(leftover)


def _act(found: ActFound, context: CleanContext) -> CleanedCell:
    act = act_on(found.ids, context.day, context.state)
    if act is None:
        return CleanedCell(None, 0.0, ("act-ambiguous",))
    return CleanedCell(act, 0.8, ("act-spelling",)) if found.is_near else CleanedCell(act)


def _infer_code(context: CleanContext) -> CleanedCell:
    """The penal code in force; a year alone says nothing in 2024, when it changed in July."""
    if context.day >= NEW_LAW_FROM:
        return CleanedCell("BNS", 0.7, ("act-inferred",))
    return CleanedCell("IPC", 0.5 if context.day == NEW_LAW_FROM[:4] else 0.9, ("act-inferred",))


def _canonical(written: Written, act: str) -> CleanedCell:
    m = written.match
    raw = m.group().strip()
    if written.prefix:
        clauses = re.sub(r"[\s\-]", "", m.group("orphan")).lower()
        return CleanedCell(written.prefix + clauses, 0.9, ("clause-of-same-section",), raw)
    section = section_number(m.group(), act)
    known = ipc_sections() if act == "IPC" else bns_sections() if act == "BNS" else frozenset()
    if (known and section.partition("(")[0] not in known) or (act and 0 < last_section((act,)) < written.whole):
        return CleanedCell(section, 0.4, ("section-unknown",), raw)
    return CleanedCell(section, raw=raw)


def _drop_doubles(rows: list[dict[str, CleanedCell]]) -> Iterator[dict[str, CleanedCell]]:
    """Each act and section once; a row without a section always stays."""
    seen: set[tuple[str | None, str]] = set()
    for row in rows:
        section = row["section"].value
        key = (row["act"].value if "act" in row else None, section or "")
        if section is None or key not in seen:
            yield row
        seen.add(key)


CLEANERS = (
    Cleaner(
        "sections",
        rows=clean_sections,
        parts=("act", "section", "inferred"),
        main="section",
        many=True,
        uses_day=True,
        derived=("inferred",),
        lists={"act": "act", "inferred": "yes_no"},
        is_timeless=_is_timeless,
    ),
)
