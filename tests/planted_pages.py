"""Pages that were read in advance: what they say is planted, and known again by the shade of their picture."""

from PIL import Image

from digitize.reading.job import PageDone, PageReading
from ocr.page import Box, Candidate, Carried, Recognition, RowPlace, ZoneReading
from ocr.plain import reading_to_plain, recognition_to_plain
from ocr.registers import decide_register, known_registers

COLUMNS = ("entry_no", "time", "subject", "particulars", "officer", "action")


def carried(last="reg_gd", columns=COLUMNS):
    return Carried("reg_gd", columns, ((0.0, 1.0),), last)


def seen(rows, handed=None, form="reg_gd", top=0):
    """A page as the reader of registers would recognise it. top: where its first row would begin, were it number 0."""
    places, zones = [], []
    first = 0 if rows and rows[0][0] == "+" else 1
    for n, texts in enumerate(rows, first):
        y = top + 100 * n
        places.append(RowPlace(f"r{n:02d}", (Box(0, y, 900, y + 90),), continues=texts[0] == "+"))
        for at, (column, text) in enumerate(zip(COLUMNS, texts, strict=True)):
            said = (text or "").lstrip("+~")
            found = (Candidate(said, 0.99, "test"),) if said else ()
            marks = ("struck",) if (text or "").startswith("~") else ()
            box = Box(150 * at, y, 150 * at + 140, y + 90)
            zones.append(ZoneReading(f"r{n:02d}.{column}", box, found, blank=not said, marks=marks))
    return Recognition(form, 900, 1200, zones=tuple(zones), rows=tuple(places), carried=handed or carried())


def number_of(path):
    """The shade that a test's picture was painted in."""
    with Image.open(path) as picture:
        return picture.getpixel((5, 5))


def form_page(page, found, reading):
    """What a worker gives back of a page that is of a form, or as a form of none."""
    return PageDone(page, PageReading(recognition_to_plain(found), reading))


def register_page(job, found):
    """What a worker gives back of a page of a register. found: as `seen` makes it."""
    no_form = Recognition(None, 900, 1200, reason="no form agrees")
    reading = {"form": None, "family": None, "part": 1, "zones": {}, "reason": "", "rows": []}
    form = known_registers(job.settings.form_folders).find(found.form)
    decided = reading_to_plain(decide_register(found, form, ("en",)))
    as_form = PageReading(recognition_to_plain(no_form), reading)
    return PageDone(job.page, as_form, PageReading(recognition_to_plain(found), decided))
