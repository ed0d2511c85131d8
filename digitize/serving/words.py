"""Texts of the pages in English and Hindi; English if a language has none."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace

from digitize.machine.word_tables import ENGLISH, load_own_words, to_namespace
from mappers.schema import load_schemas

PACKAGE = "digitize.serving"
_SERVICES = "services_"


@cache
def search_words(language: str) -> SimpleNamespace:
    """Texts of the search page, and those shared by both pages."""
    return to_namespace(load_own_words(PACKAGE, language))


class ServiceWords:
    """Texts of services in one language. Missing ones are in English, from the service itself."""

    def __init__(self, language: str) -> None:
        """language: of the interface."""
        self._own = load_own_words(PACKAGE, language, prefix=_SERVICES)
        self._english = load_own_words(PACKAGE, ENGLISH, prefix=_SERVICES)
        self._shared = load_own_words(PACKAGE, language)

    def __getitem__(self, name: str) -> str:
        """A text shared by all service pages."""
        return str(self._own.get(name) or self._english[name])

    def word_of(self, service: str, name: str, default: str) -> tuple[str, str]:
        """A text of one service and its language, "" for that of the page: its title, a parameter label ("given.NAME"),
        a choice, a verdict ("verdict.WORD") or what a result says ("says.WORD"); otherwise the shared text.
        """
        group, _, word = name.partition(".")
        for words, language in ((self._own, ""), (self._english, self._other)):
            own = words.get("service", {}).get(service, {})
            found = own.get(group, {}).get(word) or words.get(group, {}).get(word) if word else own.get(name)
            if found:
                return str(found), language
        return default, self._other

    def field(self, name: str) -> tuple[str, str]:
        """Name of a field and its language, "" for that of the page."""
        for words in (self._own.get("field", {}), self._shared.get("field", {})):
            if name in words:
                return str(words[name]), ""
        return _labels().get(name, name), self._other

    def ground(self, what: str, how: str) -> str:
        """Why something was found, in words."""
        said = {**self._shared["ground"], **self._own.get("ground", {})}
        likeness = {**self._shared["how"], **self._own.get("how", {})}
        return f"{said.get(what, what)}: {likeness.get(how, how)}"

    def match(self, how: str) -> str:
        """Whether a result is the person asked for, in words; "" where nothing needs to be said."""
        return str({**self._english["match"], **self._own.get("match", {})}.get(how, ""))

    @property
    def _other(self) -> str:
        """Language of texts missing in the page's language."""
        return "" if self._own == self._english else ENGLISH


@cache
def service_words(language: str) -> ServiceWords:
    """Texts of the services."""
    return ServiceWords(language)


@cache
def _labels() -> Mapping[str, str]:
    """Field labels of the forms, in English."""
    found: dict[str, str] = {}
    for column in (c for tables in load_schemas().values() for table in tables.values() for c in table.columns):
        found.setdefault(column.name, column.label)
    return found
