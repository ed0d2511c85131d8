"""Lists of acts and sections: "u/s 341/323/506/34 IPC", "धारा 379, 411 भा.द.वि."."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mappers.clean.acts import ActFound, act_on, find_acts
from mappers.clean.base import CleanContext, Cleaned, CleanedRows, Cleaner
from mappers.codes.acts import bns_sections, ipc_sections
from mappers.folding import fold_digits, squeeze

_NEW_LAW = "2024-07-01"
_AMENDED = re.compile(
    r"(?:\b(?:as|and|read\s+with)\s+)*\bam+en[dm]\w*(?:\s+(?:of|in|act|up\s*to))*[\s,\-]*(?:\d{4})?", re.I
)
_AND = re.compile(
    r"&(?:amp;)?|\b(?:and|read\s+with|r\s*/\s*w|rw|with)\b"
    r"|(?<!\S)(?:और|एवं|तथा|व|सह|सहपठित|आणि|এবং|ও|তৎসহ|மற்றும்)(?!\S)",
    re.I,
)
_NOISE = re.compile(
    r"\b(?:u\s*/\s*s|under|sections?|secs?|of|the|case|no|offence)\b\.?"
    r"|(?<!\S)(?:अंतर्गत|अन्तर्गत|धाराएं|धारा|कलम|दफा|जुर्म|की|के|ধারায়|ধারা|সেকশন|மற்றும்|சட்டப்பிரிவு|பிரிவுகள்|பிரிவு|ச/பி|సెక్షన్|ಕಲಂ|വകുപ്പ്|કલમ|ਧਾਰਾ|ਜੁਰਮ|ଧାରା|دفعہ)"
    r"(?![^\W\d_]|[\u0900-\u0d7f])",
    re.I,
)
_BARE = re.compile(r"[\s/,;:.\-–+&|'\"()=]*")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
# Letters of inserted sections in local scripts, by order (498क) or by sound (498ए): both are 498A.
_LETTERS = {
    **dict(zip("कखगघ", "ABCD", strict=True)),
    **dict(zip("কখগঘ", "ABCD", strict=True)),
    **dict(zip(("ए", "बी", "सी", "डी"), "ABCD", strict=True)),
    **dict(zip(("এ", "বি", "সি", "ডি"), "ABCD", strict=True)),
}
_LETTER = rf"[a-z]{{1,2}}|{'|'.join(sorted(_LETTERS, key=len, reverse=True))}"
_PAREN = r"\(\s*[0-9a-z\u0900-\u0d7f]{1,4}\s*\)"
_SECTION = re.compile(
    rf"(?<![a-z\d])(?P<number>\d{{1,4}})(?P<tail>(?:\s*{_PAREN})*\s*(?:-?\s*(?P<letter>{_LETTER})(?![a-z\u0900-\u0d7f]))?(?:\s*{_PAREN})*)"
    rf"|(?P<orphan>{_PAREN}(?:\s*{_PAREN})*)",
    re.I,
)


@dataclass
class _Group:
    """Sections met before or after an act's name; lives while one text is parsed. cut: how many stand before "and"."""

    sections: list[tuple[re.Match[str], str]] = field(default_factory=list)
    cut: int = 0
    act: ActFound | None = None
    leftover: list[str] = field(default_factory=list)


def clean_sections(raw: str, context: CleanContext) -> CleanedRows:
    """Acts and sections as rows of act, section and inferred ("yes" when no act is named for the section).

    Sections are canonical as "379", "498A", "376(2)(n)". An act that is not named is inferred with the note
    "act-inferred": the BNS where the context's day is 1 July 2024 or later, which then is the law in force, else the
    IPC. Sections before "and" in "498A/406 and 3/4 DP Act" have no act of their own and are inferred too. What is
    neither section nor act nor a word of the trade becomes a row whose section has no value ("unparsed"). A number
    the IPC or BNS has not is kept, doubted, as "section-unknown".
    """
    text = _AMENDED.sub(" ", re.sub(r"&amp;", "&", html.unescape(fold_digits(squeeze(raw))), flags=re.I))
    rows: list[dict[str, Cleaned]] = []
    for group in _groups(text):
        rows += _group_rows(group, context)
        rows += [{"section": Cleaned(None, 0.0, ("unparsed",), piece)} for piece in group.leftover]
    return CleanedRows(tuple(_without_doubles(rows)))


def _groups(text: str) -> list[_Group]:
    """Sections with the act that governs them: the one behind them; the one before where the text begins with one."""
    found = find_acts(text)
    leads = bool(found) and not _SECTION.search(text[: found[0].start])
    groups: list[_Group] = []
    at = 0
    for act in found:
        group = _sections_of(text[at : act.start])
        at = act.end
        if leads:
            if groups:
                _extend(groups[-1], group)
            groups.append(_Group(act=act, leftover=group.leftover if not groups else []))
        else:
            groups += _by_and(group, act, first=not groups)
    rest = _sections_of(text[at:])
    if leads and groups:
        _extend(groups[-1], rest)
    else:
        groups.append(rest)
    return groups


def _extend(group: _Group, more: _Group) -> None:
    group.sections += more.sections
    group.leftover += more.leftover


def _by_and(group: _Group, act: ActFound, *, first: bool) -> Iterator[_Group]:
    """In "498A/406 and 3/4 DP Act" what stands before "and" has no act, unless the act is the penal code itself."""
    if first and 0 < group.cut < len(group.sections) and act.ids[0] not in ("IPC", "BNS"):
        yield _Group(sections=group.sections[: group.cut])
        group.sections = group.sections[group.cut :]
    group.act = act
    yield group


def _sections_of(text: str) -> _Group:
    group = _Group()
    marked = _NOISE.sub(" ", _AND.sub(" ; ", text))
    end = 0
    prefix = ""
    for m in _SECTION.finditer(marked):
        cut = group.cut
        _note_gap(group, marked[end : m.start()])
        end = m.end()
        if m.group("orphan"):
            group.cut = cut
            if prefix:
                group.sections.append((m, prefix))
            else:
                group.leftover.append(m.group())
        elif not (_YEAR.fullmatch(m.group("number")) and not m.group("tail").strip()):
            prefix = m.group("number") + "".join(re.findall(_PAREN, m.group("tail"), re.I)[:-1])
            group.sections.append((m, ""))
    _note_gap(group, marked[end:])
    return group


def _note_gap(group: _Group, gap: str) -> None:
    if ";" in gap:
        group.cut = len(group.sections)
    if not _BARE.fullmatch(gap):
        group.leftover.append(gap.strip(" /,;:.-"))


def _group_rows(group: _Group, context: CleanContext) -> Iterator[dict[str, Cleaned]]:
    if group.act and not group.sections:
        yield {"act": _act(group.act, context), "section": Cleaned(None, 0.0, ("section-missing",), " ")}
    for m, prefix in group.sections:
        act = _act(group.act, context) if group.act else _inferred(context)
        section = _canonical(m, prefix, act.value or "")
        inferred = Cleaned("no" if group.act else "yes", raw=m.group().strip())
        yield {"act": act, "section": section, "inferred": inferred}


def _act(found: ActFound, context: CleanContext) -> Cleaned:
    act = act_on(found.ids, context.day)
    if act is None:
        return Cleaned(None, 0.0, ("act-ambiguous",))
    return Cleaned(act, 0.8, ("act-spelling",)) if found.is_near else Cleaned(act)


def _inferred(context: CleanContext) -> Cleaned:
    """The penal code in force; a year alone says nothing in 2024, when it changed in July."""
    if context.day >= _NEW_LAW:
        return Cleaned("BNS", 0.7, ("act-inferred",))
    return Cleaned("IPC", 0.5 if context.day == _NEW_LAW[:4] else 0.9, ("act-inferred",))


def _canonical(m: re.Match[str], prefix: str, act: str) -> Cleaned:
    raw = m.group().strip()
    if prefix:
        return Cleaned(prefix + re.sub(r"\s", "", m.group("orphan")).lower(), 0.9, ("clause-of-same-section",), raw)
    number = str(int(m.group("number")))
    clauses = [c.strip("() ") for c in re.findall(_PAREN, m.group("tail"), re.I)]
    letter = (m.group("letter") or "").upper()
    letter = _LETTERS.get(letter, letter)
    if letter and clauses and m.start("letter") > m.group().find("(") + m.start() >= 0:
        clauses, letter = [*clauses, letter], ""
    if act == "IPC" and not letter and clauses:
        letter, clauses = _letter_in_brackets(number, clauses)
    section = number + letter + "".join(f"({c.lower()})" for c in clauses)
    known = _known(act)
    if known and number + letter not in known:
        return Cleaned(section, 0.4, ("section-unknown",), raw)
    return Cleaned(section, raw=raw)


def _letter_in_brackets(number: str, clauses: list[str]) -> tuple[str, list[str]]:
    """498(A) is section 498A where the IPC has one; 376(2) and 505(b) are clauses."""
    first = _LETTERS.get(clauses[0], clauses[0].upper())
    return (first, clauses[1:]) if number + first in ipc_sections() else ("", clauses)


def _known(act: str) -> frozenset[str]:
    return ipc_sections() if act == "IPC" else bns_sections() if act == "BNS" else frozenset()


def _without_doubles(rows: list[dict[str, Cleaned]]) -> Iterator[dict[str, Cleaned]]:
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
    ),
)
