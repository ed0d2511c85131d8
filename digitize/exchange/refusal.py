"""Reasons for refusing a package, by code; nothing of a refused package is imported."""

from __future__ import annotations

from digitize.errors import InputError


class PackageRefused(InputError):
    """A refused package. code: see the list in docs/exchange.md."""

    def __init__(self, code: str, text: str) -> None:
        """text: the problem and the next step, without personal data."""
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text
