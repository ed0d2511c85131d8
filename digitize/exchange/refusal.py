"""What is wrong with a package, by name; of a refused one nothing is taken in."""

from __future__ import annotations

from digitize.errors import InputError


class PackageRefused(InputError):
    """A package that cannot be taken. code: its name, as docs/exchange.md lists them."""

    def __init__(self, code: str, text: str) -> None:
        """text: what is wrong and the next step, without a value of a person."""
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text
