"""From a scan of a whole page to what can be read: upright, without black edges, one page each, level, flat, white."""

from ocr.pages.mapping import Bend, PageMap
from ocr.pages.prepare import STEPS, Prepared, prepare_page

__all__ = ["STEPS", "Bend", "PageMap", "Prepared", "prepare_page"]
