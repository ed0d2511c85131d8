"""Keys of records and persons made one by one, as docs/search.md says: whole batches are held against them."""

from digitize.targets.search_rows import (
    BORN,
    DAYS,
    NAME,
    NAMES,
    OTHER,
    RELATIVES,
    STATION,
    born_between,
    linking_tokens,
    number_of,
    section_key,
)  # fmt: skip
from mappers.names.keys import name_words, romanise_words, token
from mappers.schema import form_tables
from mappers.text.folding import fold_digits, fold_key

MOST_OTHER = 8


def plain_rows(form, tables):
    """(kind, record, line, station, year, day, born, lang, said, relative, tokens) of records and persons, and words."""
    rows, words, known = [], set(), {}
    law, keys, persons = (_by_record(form, child, tables) for child in ("acts", "legacy_keys", "persons"))
    for row in tables[form].iter_rows(named=True):
        record = row["record_id"]
        day = next((row[n] for n in DAYS if row.get(n)), "")
        station = fold_key(row.get("police_station") or "")
        year = number_of(row.get("year")) or number_of(day[:4])
        known[record] = (station, year, day)
        made = {token("s", station), token("y", year), token("sy", station, year), token("form", form)}
        made |= set(linking_tokens(row, keys.get(record, ())))
        if number := number_of(row.get("fir_no")):
            made.add(token("no", number, year))
        if row.get("district"):
            made.add(token("d", fold_key(row["district"])))
        for act, section in ((a.get("act") or "", section_key(a.get("section") or "")) for a in law.get(record, ())):
            made |= {token("c", section), token("ca", act, section)} if section else set()
            made |= {token("a", act)} if act else set()
        place = _others(row.get("place"), words)
        made |= {token("w", w) for w in place}
        words |= {(STATION, row["police_station"], "")} if station else set()
        rows.append(("r", record, 0, station, year, day, (0, 0), "", " ".join(place), "", frozenset(made)))
    for record, some in persons.items():
        rows += [one for row in some if (one := _person(row, *known[record], words)) is not None]
    return rows, words


def _by_record(form, child, tables):
    found = {}
    for name, table in form_tables(form).items():
        for row in tables[name].iter_rows(named=True) if table.child == child and name in tables else ():
            found.setdefault(row["record_id"], []).append(row)
    return found


def _person(row, station, year, day, words):
    (said, lang), (relative, other) = (_said([row.get(n) for n in names]) for names in (NAMES, RELATIVES))
    if not said and not relative:
        return None
    own, kin = ({w for name in names for w in name.split(" ")} for names in (said, relative))
    words |= {(NAME, w, lang) for w in own} | {(NAME, w, other) for w in kin}
    made = {token("n", w) for w in own} | {token("f", w) for w in kin} | {token("ns", w, station) for w in own}
    made |= {token("ny", w, year) for w in own if year} | {token("w", w) for w in _others(row.get("address"), words)}
    numbers = [fold_digits(row.get(n) or "") for n in ("phone", "mobile")]
    made |= {token("m", n[-10:]) for n in numbers if len(n) >= 6}
    born = born_between({n: row.get(n) for n in BORN}, year)
    return (
        "p", row["record_id"], row["line"], station, year, day, born, lang or other, "|".join(said), "|".join(relative),
        frozenset(made),
    )  # fmt: skip


def _said(names):
    found, language, spelled = {}, "", ""
    for name in names:
        if name and name != spelled:
            words, lang = name_words(name)
            language, spelled = language or lang, romanise_words(name) if lang else ""
            found |= {" ".join(words): None} if words else {}
    return list(found), language


def _others(text, words):
    found = {}
    for part in (text or "").replace("_", " ").replace(",", " ").split():
        said, lang = name_words(part)
        for word in said:
            if len(word) > 1 and len(found) < MOST_OTHER:
                found[word] = None
                words.add((OTHER, word, lang))
    return list(found)
