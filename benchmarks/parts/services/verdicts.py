"""Invented persons of warrants, and names that are asked: half of wanted persons, half of nobody in the records.

What is so is drawn here, by no rule of the product. A name is nobody's if no record has both words of it, as people
write them: some have one word of a wanted person, or a word that differs in one letter, or the whole name of somebody
with another father. Each is asked by the police and by the public, who give a second fact.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sample_data.makers.persons import Word
from sample_data.makers.search_people import SCRIPTS, World, write

OF_STATION, FIRST_AGE = 60, 18
WANTED_SERVICES = (("arrested-wanted", {"state": "wanted"}), ("proclaimed-offenders", {}))
NOBODY = ("far", "given name", "surname", "one letter", "another father")
_SAYS_WANTED = ("wanted", "outstanding")


class VerdictWorld:
    """So many persons, three of four proclaimed. seed: the same seed gives the same world."""

    def __init__(self, persons: int, seed: int) -> None:
        """Draw it."""
        self.names, self.die, self.persons = World(2 * persons, seed), random.Random(seed + 2), persons
        self.status = [self.die.choice(("pending", "pending", "pending", "executed")) for _ in range(persons)]
        self.age = [self.die.randrange(FIRST_AGE, 60) for _ in range(persons)]
        self.wanted = [n for n in range(persons) if self.status[n] == "pending"]
        self._known = {_key(*self.words(n)[:2]) for n in range(persons)}
        self._near: dict[str, dict[Word, list[Word]]] = {}

    def words(self, one: int) -> tuple[Word, Word, Word]:
        """Given name, surname and the father's given name."""
        given, _, family, father = (int(n) for n in self.names.words[:, one])
        return self.names.given.words[given], self.names.family.words[family], self.names.given.words[father]

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """The warrants."""
        made: dict[str, list[dict[str, Any]]] = {"po": [], "po_persons": []}
        for one in range(self.persons):
            script = SCRIPTS[self.names.script[one]]
            name = f"p{one}"
            made["po"].append({
                "record_id": name, "state": "wb", "district": "Howrah", "police_station": station(one), "year": "2004",
                "fir_no": str(one % OF_STATION + 1), "warrant_no": str(one), "warrant_kind": "proclamation",
                "warrant_date": "2004-12-01", "po_status": self.status[one],
            })  # fmt: skip
            given, family, father = self.words(one)
            made["po_persons"].append({
                "record_id": name, "role": "accused", "name": self._write(given, family, script),
                "relative_name": self._write(father, family, script), "age": str(self.age[one]),
            })  # fmt: skip
        return made

    def questions(self, count: int) -> Iterator[tuple[str, int, dict[str, str]]]:
        """(kind, the person meant or -1, name and all second facts of whoever is asked for)."""
        for n in range(count):
            one = self.die.choice(self.wanted)
            kind = "wanted" if n % 2 else self.die.choice(NOBODY)
            own = SCRIPTS[self.names.script[one]]
            script = own if self.die.random() < 0.5 else self.die.choice(SCRIPTS)
            words = self.words(one) if kind == "wanted" else self._nobody(kind, one, (own, script))
            is_one = kind == "wanted"
            # Half of those who are nobody live at the station of a wanted person, or are as old.
            place = station(one) if is_one or self.die.random() < 0.5 else station(self.die.randrange(self.persons))
            age = self.age[one] if is_one or self.die.random() < 0.5 else self.die.randrange(FIRST_AGE, 60)
            given, family, father = words
            asked = {"name": self._write(given, family, script), "relative": self._write(father, family, script),
                     "station": place, "age": str(age)}  # fmt: skip
            yield kind, one if is_one else -1, asked

    def _write(self, given: Word, family: Word, script: str) -> str:
        return f"{write(given, script, self.die)} {write(family, script, self.die)}"

    def _nobody(self, kind: str, one: int, scripts: Sequence[str]) -> tuple[Word, Word, Word]:
        given, family, father = self.words(one)
        if kind == "another father":
            return given, family, self._unlike(father)
        while True:
            other, other_family = self.die.choice(self.names.given.words), self.die.choice(self.names.family.words)
            if kind == "given name":
                words = given, other_family
            elif kind == "surname":
                words = other, family
            elif kind == "one letter":
                words = self._one_letter(given, scripts), family
            else:
                words = other, other_family
            if _key(*words) not in self._known:
                return *words, self._unlike(father)

    def _unlike(self, father: Word) -> Word:
        while True:
            other = self.die.choice(self.names.given.words)
            if not _share_letters(other, father):
                return other

    def _one_letter(self, word: Word, scripts: Sequence[str]) -> Word:
        """The word with another letter, which nobody writes like the first one in any of the scripts."""
        while True:
            other = self.die.choice(self.names.given.words)
            at = self.die.randrange(len(word.letters))
            letter = self.die.choice(other.letters)
            is_vowel = _is_vowel(word.letters[at][0])
            if _is_vowel(letter[0]) != is_vowel or set(letter[1]) & set(word.letters[at][1]):
                continue
            made = Word((*word.letters[:at], letter, *word.letters[at + 1 :]))
            if not any(write(made, s, self.die) == write(word, s, self.die) for s in scripts):
                return made


def station(one: int) -> str:
    """The station of a person's case."""
    return f"Kalpanapur {one // OF_STATION}"


def _is_vowel(letter: str) -> bool:
    return not letter or not letter[0].isalpha() or letter[0] in "अआइईउऊएऐओऔ"


def _key(given: Word, family: Word) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A name as people write it: letters that are written alike are one."""
    first, last = (tuple(min(ways) for _, ways in word.letters) for word in (given, family))
    return first, last


def _share_letters(a: Word, b: Word) -> bool:
    """Whether half of the letters or more stand in the same places."""
    same = sum(bool(set(x[1]) & set(y[1])) for x, y in zip(a.letters, b.letters, strict=False))
    return 2 * same >= max(len(a.letters), len(b.letters))


def measure_verdicts(target: Any, world: VerdictWorld, count: int) -> dict[str, Any]:
    """What is said of each name, to police and public."""
    from digitize.search.log import Searcher
    from digitize.services.asker import ServiceAsker
    from digitize.services.query_service import ServiceDesk
    from digitize.services.registry import find_service

    desk, by = ServiceDesk(target), Searcher("Measure", "measure", "verdicts on names")
    desk.store.keep = lambda entry: None
    said: dict[str, Counter[str]] = {"police": Counter(), "public": Counter()}
    alone = 0
    for n, (kind, one, facts) in enumerate(world.questions(count)):
        name, more = WANTED_SERVICES[n // 2 % 2]
        service = find_service(name)
        second = ("relative", "station", "age")[n // 4 % 3] if kind != "another father" else "relative"
        # Police ask every third one by the name alone; of whoever has another father they know him.
        knows = {second: facts[second]} if n % 3 or kind == "another father" else {}
        for role, given in (("police", knows), ("public", {second: facts[second]})):
            asked = {"name": facts["name"], **more, **given}
            answer = desk.answer(service, asked, ServiceAsker(by, role), 100)
            is_there = any(a.record == f"p{one}" for a in answer.found)
            verdict = "wanted" if answer.verdict in _SAYS_WANTED else answer.verdict
            said[role][f"{kind}: {verdict}"] += 1
            said[role][f"{kind} there: {verdict}"] += is_there
        alone += bool(desk.answer(service, {"name": facts["name"], **more}, ServiceAsker(by, "public"), 100).found)
    return _figures(said) | {"shown_to_public_by_name_alone": alone}


def _figures(said: dict[str, Counter[str]]) -> dict[str, Any]:
    made: dict[str, Any] = {n: {} for n in ("false_wanted", "unsure_of_nobody", "missed_wanted", "unsure_of_wanted")}
    for role, told in said.items():
        nobody = _count(told, NOBODY, ("wanted", "unsure", "over", "none", "arrested"))
        wanted = _count(told, ("wanted",), ("wanted", "unsure", "over", "none", "arrested"))
        made["false_wanted"][role] = _share(_count(told, NOBODY, ("wanted",)), nobody)
        made["unsure_of_nobody"][role] = _share(_count(told, NOBODY, ("unsure",)), nobody)
        found = _count(told, ("wanted there",), ("wanted", "unsure"))
        made["missed_wanted"][role] = _share(wanted - found, wanted)
        made["unsure_of_wanted"][role] = _share(_count(told, ("wanted there",), ("unsure",)), wanted)
        made[f"said_to_{role}"] = {k: v for k, v in sorted(told.items()) if v}
    return made


def _count(told: Counter[str], kinds: Sequence[str], words: Sequence[str]) -> int:
    return sum(told[f"{kind}: {word}"] for kind in kinds for word in words)


def _share(part: int, whole: int) -> float:
    return round(part / max(1, whole), 4)
