"""One page made ready to be read, and the way back to the scan."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.engine import Image
from ocr.geometry.mapping import PageMap, Points
from ocr.page import Box

UNWRITTEN = "blank"
"""The step that finds no writing on a page. The word stands in notes of readings that are kept, and is older than
`ocr.pages.bare`, which asks whether nothing at all is there.
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One page ready to be read.

    image: (height, width) uint8 grey, 0 black, upright. steps: stable words on what was done, in order, such as
    "edges-cropped", "turned+90", "spread-left", "levelled+1.25", "dewarped", "flattened", UNWRITTEN. page_map: to the
    scan of source_width x source_height pixels.
    """

    image: Image
    steps: tuple[str, ...]
    page_map: PageMap
    source_width: int
    source_height: int

    @property
    def is_unwritten(self) -> bool:
        """Whether no writing is on the page that could be read; a stain, rules or a smudge may be."""
        return UNWRITTEN in self.steps

    def to_source(self, points: Points) -> Points:
        """Pixels of the scan for pixels of the image; points: (n, 2) rows x, y, whole numbers being middles."""
        return self.page_map.to_source(points)

    def from_source(self, points: Points) -> Points:
        """Pixels of the image for pixels of the scan, the other way around."""
        return self.page_map.from_source(points)

    def box_to_source(self, box: Box) -> Box:
        """The upright rectangle of the scan around a box of the image, on the scan and never empty."""
        return self.page_map.box_to_source(box, self.source_width, self.source_height)
