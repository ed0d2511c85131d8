"""Makes the invented legacy material of `benchmarks/legacy.py --quick`: vectors, tables, damaged tables, names.

Run `python -m sample_data.legacy_bench` to write sample_data/legacy_bench/ anew; the same seed gives the same bytes.
The words are those printed on forms (words.csv), the names are of well-known towns; no person is named. As our own
tables write these vectors, they show that nothing has changed, not that the tables are right: for that there are real
sets.
"""

from __future__ import annotations

import csv
import json
import random
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from mappers.encodings import encode, encodings

HERE = Path(__file__).parent
FOLDER = HERE / "legacy_bench"
SEED = 25
ROWS = 20
FIELDS = (("FIRNO", 12), ("REGDT", 8), ("NAME", 60), ("PLACE", 60), ("BRIEF", 150), ("AGE", 3))
DELETED = (3, 11)
TABLES = ("krutidev-010", "bijoy-sutonnymj", "bamini", "nudi-baraha", "gurbani-akhar", "iscii-dev", "lmg-arun")
LANGUAGE_OF = {"Deva": "hi", "Beng": "bn", "Guru": "pa", "Gujr": "gu", "Orya": "or", "Taml": "ta", "Telu": "te",
               "Knda": "kn", "Mlym": "ml", "Arab": "ur"}  # fmt: skip
TOWNS = (
    ("hi", "Devanagari", "कानपुर", "Kanpur"), ("hi", "Devanagari", "जयपुर", "Jaipur"),
    ("hi", "Devanagari", "भोपाल", "Bhopal"), ("mr", "Devanagari", "नागपूर", "Nagpur"),
    ("mr", "Devanagari", "सातारा", "Satara"), ("bn", "Bengali", "হাওড়া", "Howrah"),
    ("bn", "Bengali", "শিলিগুড়ি", "Siliguri"), ("as", "Bengali", "যোৰহাট", "Jorhat"),
    ("pa", "Gurmukhi", "ਪਟਿਆਲਾ", "Patiala"), ("pa", "Gurmukhi", "ਲੁਧਿਆਣਾ", "Ludhiana"),
    ("gu", "Gujarati", "રાજકોટ", "Rajkot"), ("gu", "Gujarati", "સુરત", "Surat"),
    ("or", "Odia", "ସମ୍ବଲପୁର", "Sambalpur"), ("ta", "Tamil", "மதுரை", "Madurai"),
    ("ta", "Tamil", "சேலம்", "Salem"), ("te", "Telugu", "గుంటూరు", "Guntur"),
    ("te", "Telugu", "నెల్లూరు", "Nellore"), ("kn", "Kannada", "ಬೀದರ್", "Bidar"),
    ("ml", "Malayalam", "കൊല്ലം", "Kollam"), ("ml", "Malayalam", "കണ്ണൂർ", "Kannur"),
    ("ur", "Arabic", "حیدرآباد", "Hyderabad"), ("ur", "Arabic", "رامپور", "Rampur"),
)  # fmt: skip
OTHERS = """
    Kanchipuram Kannauj Jabalpur Jalpaiguri Bhagalpur Nagaon Nagaur Sataragachi Hooghly Haldia Silchar Sivasagar
    Jorethang Pathankot Patna Ludwa Rajahmundry Surendranagar Sambhal Madhubani Madurantakam Salumbar Guntakal
    Nellikuppam Bidhannagar Kollegal Kannod Hyderpur Rampurhat Rajgarh
"""


def words() -> Mapping[str, list[str]]:
    """Language -> the words that forms print in it."""
    with (HERE / "words.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    return {lang: [r[lang] for r in rows if r[lang]] for lang in rows[0] if lang != "id"}


def build(folder: Path = FOLDER, seed: int = SEED) -> None:
    """Write everything; what an encoding cannot write is left out."""
    dice = random.Random(seed)
    _write_vectors(folder / "encoding-vectors", dice)
    tables = folder / "legacy-files"
    tables.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        _write_table(tables, name, dice)
    _write_damaged(tables)
    _write_texts(tables)
    _write_names(folder)


def writable(name: str) -> list[str]:
    """The words of the encoding's language that it can write."""
    info = encodings()[name].info
    language = "as" if name == "iscii-asm" else LANGUAGE_OF[info.script]
    found = []
    for word in words()[language]:
        try:
            encode(name, word)
        except ValueError:
            continue
        found.append(word)
    return found


def _write_vectors(folder: Path, dice: random.Random) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in encodings():
        known = writable(name) if encodings()[name].info.script in LANGUAGE_OF else []
        with (folder / f"{name}.tsv").open("w", encoding="utf-8", newline="") as f:
            f.write("encoding\tlegacy_hex\tunicode\tsource\n")
            for word in known:
                f.write(f"{name}\t{encode(name, word).hex()}\t{word}\tinvented\n")
        if not known:
            (folder / f"{name}.tsv").unlink()


def _rows(name: str, dice: random.Random) -> list[dict[str, str]]:
    known = writable(name)
    return [
        {
            "firno": f"{i}/{1998 + i % 3}", "regdt": f"{1998 + i % 3}01{i % 28 + 1:02}", "name": dice.choice(known),
            "place": dice.choice(known), "brief": " ".join(dice.choices(known, k=3)),
            "age": str(dice.randrange(18, 80)), "state": "deleted" if i in DELETED else "",
        }
        for i in range(1, ROWS + 1)
    ]  # fmt: skip


def _cells(name: str, row: Mapping[str, str]) -> list[bytes]:
    out = []
    for column, size in FIELDS:
        text = row[column.lower()]
        data = encode(name, text) if column in ("NAME", "PLACE", "BRIEF") else text.encode("ascii")
        out.append(data.ljust(size))
        if len(data) > size:
            raise ValueError(f"{column} is too long")
    return out


def _write_table(folder: Path, name: str, dice: random.Random) -> None:
    rows = _rows(name, dice)
    with (folder / f"fir_{name}.expected.tsv").open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    kept = [r for r in rows if not r["state"]]
    (folder / f"fir_{name}.fixed.txt").write_bytes(b"".join(b"".join(_cells(name, r)) + b"\r\n" for r in kept))
    (folder / f"fir_{name}.dbf").write_bytes(_dbf(name, rows))


def _dbf(name: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    length = 1 + sum(size for _, size in FIELDS)
    head = struct.pack("<4BIHH20x", 3, 99, 12, 31, len(rows), 33 + 32 * len(FIELDS), length)
    for column, size in FIELDS:
        kind = b"D" if column == "REGDT" else b"N" if column == "AGE" else b"C"
        head += struct.pack("<11sc4xBB14x", column.encode("ascii"), kind, size, 0)
    body = b"".join((b"*" if r["state"] else b" ") + b"".join(_cells(name, r)) for r in rows)
    return head + b"\r" + body + b"\x1a"


def _write_damaged(folder: Path) -> None:
    whole = bytearray((folder / f"fir_{TABLES[0]}.dbf").read_bytes())
    (folder / "damaged_truncated.dbf").write_bytes(whole[: len(whole) * 2 // 3])
    for name, at, data in (
        ("count", 4, struct.pack("<I", 999_999)),
        ("reclen", 10, struct.pack("<H", 200)),
        ("fieldtype", 32 + 11, b"?"),
    ):
        bad = bytearray(whole)
        bad[at : at + len(data)] = data
        (folder / f"damaged_{name}.dbf").write_bytes(bad)


def _write_texts(folder: Path) -> None:
    """The rows of the first table once more, as text of several kinds."""
    with (folder / f"fir_{TABLES[0]}.expected.tsv").open(encoding="utf-8", newline="") as f:
        rows = [r for r in csv.DictReader(f, delimiter="\t") if not r["state"]]
    columns = [c.lower() for c, _ in FIELDS]
    bare = [[r[c] for c in columns] for r in rows]
    text = "\n".join(",".join(line) for line in [columns, *bare]) + "\n"
    (folder / "list.csv").write_text(text, encoding="utf-8", newline="")
    values = ",\n".join("(" + ",".join(f"N'{c}'" for c in line) + ")" for line in bare)
    script = f"SET NOCOUNT ON\r\nGO\r\nINSERT INTO [dbo].[fir] ({', '.join(columns)}) VALUES\r\n{values};\r\nGO\r\n"
    (folder / "server.sql").write_bytes(b"\xff\xfe" + script.encode("utf-16-le"))
    copy = "\n".join("\t".join(line) for line in bare)
    dump = f"COPY fir ({', '.join(columns)}) FROM stdin;\n{copy}\n\\.\n"
    (folder / "postgres.sql").write_text(dump, encoding="utf-8", newline="")
    lines = "".join(json.dumps(dict(zip(columns, line, strict=True)), ensure_ascii=False) + "\n" for line in bare)
    (folder / "list.jsonl").write_text(lines, encoding="utf-8", newline="")
    items = "".join(
        "<fir>" + "".join(f"<{c}>{v}</{c}>" for c, v in zip(columns, x, strict=True)) + "</fir>" for x in bare
    )
    (folder / "exchange.xml").write_text(f"<firs>{items}</firs>\n", encoding="utf-8", newline="")


def _write_names(folder: Path) -> None:
    with (folder / "name-pairs.tsv").open("w", encoding="utf-8", newline="") as f:
        f.write("lang\tscript\tnative\tenglish\n" + "".join("\t".join(t) + "\n" for t in TOWNS))
    pool = sorted({*OTHERS.split(), *(t[3] for t in TOWNS)})
    (folder / "name-pool.txt").write_text("\n".join(pool) + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    build()
