"""What hostile files are made of: a small one of every container, mutations of it, and what is no file at all."""

from __future__ import annotations

import io
import os
import random
import socket
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_data"
_SMALL = 60_000
_ROWS = [
    ("PSNAME", "FIRNO", "YEAR", "GIST"),
    *(("Kalpanapur", str(n), "1998", f"theft of {n} goats") for n in range(30)),
]
_PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf", ".webp")
_EVERY_PAGE = 10
"""Of the samples' own pages, which cost their engines seconds, every tenth turn takes one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A sound file. beside: ending -> what belongs to it and lies beside it under its name."""

    suffix: str
    data: bytes
    beside: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_picture(self) -> bool:
        """Whether commands that read scans take it."""
        return self.suffix.lower() in _PICTURES


def sources() -> list[Source]:
    """One or more of every container that any command takes."""
    return [*_pictures(), *_books(), *_documents(), *_tables(), *_samples()]


def _pictures() -> Iterator[Source]:
    from PIL import Image, ImageDraw

    image = Image.new("L", (420, 160), 255)
    ImageDraw.Draw(image).text((20, 40), "First Information Report 12/1998", fill=0, font_size=20)
    colour = Image.merge("RGB", (image, image, image.point(lambda v: v // 2)))
    packed = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
    for suffix, how, picture, more in (
        (".jpg", "JPEG", image, {}), (".jpg", "JPEG", colour, {"progressive": True, "dpi": (300, 300)}),
        (".jpeg", "JPEG", colour.convert("CMYK"), {}), (".png", "PNG", image, {}), (".png", "PNG", colour, {}),
        (".png", "PNG", colour.convert("P"), {}), (".png", "PNG", image.convert("LA"), {"interlace": 1}),
        (".png", "PNG", image.convert("I;16"), {}), (".webp", "WEBP", colour, {}),
        *((".tif", "TIFF", colour if p == "jpeg" else image, {"compression": p}) for p in packed),
        (".tif", "TIFF", image.convert("1"), {"compression": "group4"}),
        (".tiff", "TIFF", image, {"save_all": True, "append_images": [image, colour]}),
        (".pdf", "PDF", image, {}), (".pdf", "PDF", colour, {"save_all": True, "append_images": [image]}),
    ):  # fmt: skip
        out = io.BytesIO()
        picture.save(out, how, **more)
        yield Source(suffix, out.getvalue())


def _books() -> Iterator[Source]:
    from binary_tables import biff2, biff5, biff8, ods, ole, xlsb, xlsx

    from sample_data.jet_tables import TEXT, database

    as_bytes = [tuple(c.encode() for c in row) for row in _ROWS]
    yield Source(".xls", ole("Workbook", biff8({"Sheet1": _ROWS})))
    yield Source(".xls", ole("Book", biff5(as_bytes)))
    yield Source(".xls", biff2(as_bytes))
    yield Source(".ods", ods({"Sheet1": _ROWS}))
    yield Source(".xlsx", xlsx({"Sheet1": _ROWS, "Sheet2": _ROWS[:3]}))
    yield Source(".xlsm", xlsx({"Sheet1": _ROWS}, font="Kruti Dev 010", merges=("A1:B1",)))
    yield Source(".xlsb", xlsb("Sheet1", _ROWS))
    columns = [(name, TEXT) for name in _ROWS[0]]
    yield Source(".mdb", database(columns, _ROWS[1:]))
    yield Source(".mdb", database(columns, _ROWS[1:], version=3))


def _documents() -> Iterator[Source]:
    from binary_tables import ole

    out = io.BytesIO()
    cells = "".join(f"<w:tr>{''.join(f'<w:tc><w:p><w:r><w:t>{c}</w:t></w:r></w:p></w:tc>' for c in r)}</w:tr>"
                    for r in _ROWS)  # fmt: skip
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("word/document.xml", f"<w:document {space}><w:body><w:tbl>{cells}</w:tbl></w:body></w:document>")
    yield Source(".docx", out.getvalue())
    edges = "".join(f"\\cellx{1000 * n}" for n in range(1, 5))
    rows = "".join(
        f"\\trowd{edges}\\pard\\intbl {''.join(f'{c}' + chr(92) + 'cell ' for c in r)}\\row\n" for r in _ROWS
    )
    yield Source(".rtf", f"{{\\rtf1\\ansi\\ansicpg1252{{\\fonttbl{{\\f0 Arial;}}}}\n{rows}\\pard end\\par}}".encode())
    body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in _ROWS)
    yield Source(".html", f"<html><body><table>{body}</table></body></html>".encode())
    yield Source(".inp", ole("InPage100", b"\7" * 300 + b"\x04\x81\x04\x82\x04\x83" * 200 + b"rest"))


def _tables() -> Iterator[Source]:
    import polars as pl

    legacy = SAMPLES / "legacy"
    yield Source(".dbf", (legacy / "FIRMAST.DBF").read_bytes(), {".dbt": (legacy / "FIRMAST.DBT").read_bytes()})
    fixed = "".join("".join(c.ljust(20)[:20] for c in row) + "\n" for row in _ROWS[1:]).encode()
    layout = "".join(f'[[column]]\nname = "{name}"\nwidth = 20\n' for name in _ROWS[0])
    yield Source(".txt", fixed, {".layout.toml": layout.encode()})
    frame = pl.DataFrame({"state": ["wb"] * 40, "fir_no": list(range(40)), "police_station": ["Kalpanapur"] * 40})
    with TemporaryDirectory() as made:
        path = Path(made) / "iif1"
        frame.write_parquet(path)
        yield Source(".parquet", path.read_bytes())
        frame.write_csv(path)
        yield Source(".csv", path.read_bytes())
        frame.write_ndjson(path)
        yield Source(".jsonl", path.read_bytes())
        path.unlink()
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE iif1 (state, fir_no, police_station)")
            db.executemany("INSERT INTO iif1 VALUES (?, ?, ?)", frame.rows())
        db.close()
        yield Source(".sqlite", path.read_bytes())


def _samples() -> Iterator[Source]:
    """Two of each ending among the samples, small ones."""
    kinds: dict[str, list[Path]] = {}
    for path in sorted(p for p in SAMPLES.rglob("*") if p.is_file() and 0 < p.stat().st_size < _SMALL):
        if path.suffix.lower() not in ("", ".py", ".md", ".toml", ".dbt"):
            kinds.setdefault(path.suffix.lower(), []).append(path)
    for group in kinds.values():
        yield from (Source(p.suffix, p.read_bytes()) for p in group[:2])


def whole_pages() -> list[Source]:
    """Pages as an office scans them."""
    return [Source(".jpg", p.read_bytes()) for p in sorted((SAMPLES / "fir_book_2025").glob("*.jpg"))[:2]]


def make_files(folder: Path, count: int, chance: random.Random) -> Iterator[tuple[Path, Source]]:
    """So many mutated files, a folder for each hundred, with what belongs to them beside them."""
    all_sources, pages = sources(), whole_pages()
    # So that few files are of many kinds.
    chance.shuffle(all_sources)
    for n in range(count):
        turn, place = divmod(n, len(all_sources) + 1)
        if place == len(all_sources):
            source = pages[turn % len(pages)] if turn % _EVERY_PAGE == 0 else all_sources[turn % len(all_sources)]
        else:
            source = all_sources[place]
        below = folder / f"{n // 100:02d}"
        below.mkdir(parents=True, exist_ok=True)
        path = below / f"f{n:05d}{source.suffix}"
        parts = {source.suffix: source.data, **source.beside}
        spoilt = chance.choice(sorted(parts))
        for suffix, data in parts.items():
            found = mutate(data, chance, all_sources) if suffix == spoilt else data
            path.with_suffix(suffix).write_bytes(found)
        yield path, source


def mutate(data: bytes, chance: random.Random, others: list[Source]) -> bytes:
    """A file with something wrong in it."""
    at = chance.randrange(len(data) or 1)
    how: tuple[Callable[[], bytes], ...] = (
        lambda: data[:at],
        lambda: data[at:],
        lambda: data[:at] + bytes(chance.randrange(1, 4000)) + data[at:],
        lambda: data[:at] + data[at // 2 : at] * chance.randrange(2, 40) + data[at:],
        lambda: data[:at] + chance.choice(others).data[:50_000] + data[at:],
        lambda: _other_parts(data, chance) if data[:2] == b"PK" else _flipped(data, chance),
        lambda: _other_number(data, chance),
        lambda: _flipped(data, chance),
    )
    return chance.choice(how)()


def _other_number(data: bytes, chance: random.Random) -> bytes:
    # Numbers in heads say how long things are.
    at = chance.randrange(min(len(data), 2048) or 1)
    return data[:at] + chance.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\x00" * 4)) + data[at + 4 :]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(chance.choice((1, 5, 50, 500)) if made else 0):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def _other_parts(data: bytes, chance: random.Random) -> bytes:
    """An archive whose list of parts is whole and whose parts are not."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as z, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for info in z.infolist():
                part = z.read(info)
                at = chance.randrange(len(part) or 1)
                put = chance.choice((b"", b"<", b"\xff\xfe", b"<a>" * 20_000))
                new.writestr(info.filename, part[:at] + put + part[at:])
    except (zipfile.BadZipFile, NotImplementedError):
        return data[::-1]
    return out.getvalue()


def make_specials(folder: Path, outside: Path) -> int:
    """What is no file, leads elsewhere, or has a name that breaks things. Returns how many a delivery must count."""
    folder.mkdir(parents=True)
    outside.write_text("outside", encoding="utf-8")
    for suffix in (".csv", ".jpg", ".dbf", ".xlsx", ".pdf", ".json"):
        os.mkfifo(folder / f"pipe{suffix}")
        (folder / f"loop{suffix}").symlink_to(f"loop{suffix}")
        (folder / f"gone{suffix}").symlink_to("nowhere")
        (folder / f"out{suffix}").symlink_to(outside)
        (folder / f"null{suffix}").symlink_to("/dev/zero")
        for name in (b"name\xff\xfe", b"line\nfeed", b"esc\x1b[2J", b"long" * 60, "bidi\u202e".encode()):
            (folder / os.fsdecode(name + suffix.encode())).write_bytes(b"a,b\n1,2\n")
    (folder / "round").symlink_to(folder, target_is_directory=True)
    # By the folder's number: the path of a socket has 107 bytes at most, and folders of tests are deep.
    at = os.open(folder, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(f"/proc/self/fd/{at}/socket.csv")
    os.close(at)
    return len(list(os.scandir(folder)))


MANIFEST = b"file,station,district,year,volume\na.csv,Kalpanapur,Kalpana,1998,book 1\nsub/b.csv,,,,\n"
