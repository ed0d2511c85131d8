"""State of one server: accounts, questions, images."""

from __future__ import annotations

from digitize.login.gate import Gate
from digitize.login.people import Account
from digitize.review.station.ledger_thread import Room, release_held
from digitize.review.station.pictures import PictureRenderer
from digitize.workspace.place import Place


class Served(Gate):
    """The state of the station's server; see `Gate`."""

    def __init__(self, place: Place, *, is_secure: bool = False) -> None:
        """Open the workspace."""
        super().__init__(place, is_secure=is_secure)
        self.room = Room(place, self.people)
        self.pictures = PictureRenderer(place)

    async def release_held(self, account: Account) -> None:
        """Release all leases of a person."""
        await self.room.run_in_thread(lambda room: release_held(room, account))

    def close(self) -> None:
        """Give everything back."""
        self.room.close()
        self.pictures.close()
        super().close()
