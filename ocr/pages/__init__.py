"""From a scan of a whole page to what can be read: upright, without black edges, one page each, level, flat, white."""

from ocr.geometry.mapping import PageBend, PageMap
from ocr.pages.prepare import STEPS, prepare_page
from ocr.pages.prepared import Prepared

__all__ = ["STEPS", "PageBend", "PageMap", "Prepared", "prepare_page"]
