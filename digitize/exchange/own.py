"""Signers whose packages this office can verify: known senders, and itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

from digitize.errors import OptionsError
from digitize.exchange.books import ExchangeBook
from digitize.exchange.manifest import PILLAR
from digitize.offices.keys import Key
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place


def check_sender(sender: str) -> None:
    """Raise OptionsError unless it is a pillar, or PILLAR:OFFICE."""
    if not re.fullmatch(PILLAR, sender):
        raise OptionsError(f"{sender}: a sender is e-courts, e-prison, e-prosecution or e-forensics, or PILLAR:OFFICE.")


def known_signers(book: ExchangeBook, place: Place) -> Mapping[str, Key]:
    """Public key -> owner, including this office's own and former keys."""
    site = place.options.workspace.site_id
    with Ledger(place.ledger) as ledger:
        own = {public: Key(site, public, "", "", "") for public in ledger.public_keys()}
    return {**book.load_trusted_keys(), **own}
