"""The ways in which a known value may stand on the paper: 2018 or 18, 33/18 or 033, EC or Electronics Complex."""

from __future__ import annotations

import re
from collections.abc import Iterator

from training.fields.texts import lists

Written = tuple[str, ...]
"""A text for each line of a crop."""


def variants(field: str, value: str) -> list[Written]:
    """Ways to write a value of a field, a text for each line. A field that is not known is written as its value."""
    made = {"year": _year, "fir_no": _fir_no, "police_station": _station, "statutes": _statutes}
    found = dict.fromkeys(made[field](value)) if field in made else [(value,)]
    return [one for one in found if any(one)]


def _year(value: str) -> Iterator[Written]:
    yield from ((value,), (value[-2:],), (f"'{value[-2:]}",), (f"{value[:2]} {value[2:]}",))


def _fir_no(value: str) -> Iterator[Written]:
    number, _, year = value.partition("/")
    number = number.lstrip("0")
    for padded in (number, number.zfill(2), number.zfill(3), number.zfill(4)):
        yield (padded,)
        for suffix in (year[-2:], year) if year else ():
            yield from ((f"{padded}/{suffix}",), (f"{padded}-{suffix}",), (f"{padded}/ {suffix}",))


def _station(value: str) -> Iterator[Written]:
    others = next((a for name, a in lists().stations if name.casefold() == value.casefold()), ())
    for text in (value, *others):
        text = text if any(c.islower() for c in text) or len(text) < 5 else text.title()
        for form in dict.fromkeys((text, text.upper(), text.title(), text.replace(" ", ""), text.replace("-", " "))):
            yield (form,)
            yield (f"{form} PS",)
            yield (f"{form} P.S.",)


def _statutes(value: str) -> Iterator[Written]:
    """The list as typed, its act before or behind or on neither side, split after any section over the two lines."""
    text = re.sub("&amp;", "&", " ".join(value.split()), flags=re.IGNORECASE)
    text = re.sub(r"\bIpc\b\.?", "IPC", text, flags=re.IGNORECASE).rstrip(".")
    first, ipc, rest = text.partition("IPC")
    rest = re.sub(r"^\s*(&|and)\s*", "", rest, flags=re.IGNORECASE).strip()
    numbers = [p.strip() for p in re.split(r"[/,]", first) if p.strip()]
    if not ipc or any(len(n) > 12 for n in numbers):
        yield from ((text, ""), ("", text))
        return
    for bracketed in (False, True):
        listed = [_bracketed(n) if bracketed else re.sub(r"\s+", "", n) for n in numbers]
        for at in range(len(listed) + 1):
            upper, lower = "/".join(listed[:at]), "/".join(listed[at:])
            for before, behind in (("", ""), ("IPC ", ""), ("", " IPC")):
                heads = [f"{before}{upper}{behind}" if upper else before.strip()]
                if upper and lower:
                    heads.append(heads[0] + "/")
                for head in heads:
                    for tail in (lower, f"{lower} {rest}".strip()) if rest else (lower,):
                        yield (head, tail)
                    if rest and not lower:
                        yield (f"{head} {rest}", "")
                        yield (f"{head} & {rest}", "")


def _bracketed(section: str) -> str:
    plain = re.sub(r"[\s()-]", "", section)
    return f"{plain[:-1]}({plain[-1]})" if plain[-1:].isalpha() else plain
