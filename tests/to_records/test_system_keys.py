"""What a file itself declares of its tables, tables of all kinds of codes, and a system within a mapping file."""

from __future__ import annotations

import re

import pytest

from digitize.files.convert import make_wanted
from digitize.files.mapping.find import table_context
from digitize.files.systems.apply import apply_system
from digitize.files.systems.drafting import draft_system
from digitize.files.systems.find import read_system
from mappers.errors import MappingError
from mappers.legacy import ReadAs, open_tables
from mappers.legacy.access_keys import relationships
from mappers.legacy.table import ForeignKey
from mappers.systems.code_kinds import kinds_of_codes
from mappers.systems.profile import profile
from mappers.systems.system import find_systems, load_system
from mappers.systems.ties import describe_doubts, find_ties
from tests.to_records.test_systems import MAPPINGS, SYSTEM

DUMP = """-- MySQL dump 10
CREATE TABLE `stn` (`k1` int COMMENT 'FOREIGN KEY (a) REFERENCES b (c)', `nm` varchar(40), PRIMARY KEY (`k1`));
CREATE TABLE `fir_main` (`uid` int, `fir_no` int, `fir_date` date, `x7` int, `place_of_occ` varchar(60), `gist` text,
  PRIMARY KEY (`uid`), KEY `i` (`x7`), CONSTRAINT `a` FOREIGN KEY (`x7`) REFERENCES `stn` (`k1`) ON DELETE CASCADE);
CREATE TABLE pers (pid integer PRIMARY KEY, zz integer REFERENCES fir_main, nm_acc text, age int, sex_c int);
CREATE TABLE code_master (ctype varchar(10), ccode int, cdesc varchar(40));
INSERT INTO `stn` VALUES {stations};
INSERT INTO `fir_main` VALUES {firs};
INSERT INTO pers VALUES {persons};
INSERT INTO code_master VALUES ('SEX',1,'Male'),('SEX',2,'Female'),('SEX',3,'Other'),('RELIGION',1,'Hindu'),
 ('RELIGION',2,'Muslim'),('CASTE',1,'General'),('CASTE',2,'OBC'),('STATUS',1,'Pending'),('STATUS',2,'Closed');
ALTER TABLE ONLY public.pers ADD CONSTRAINT c FOREIGN KEY (age, sex_c) REFERENCES public.other(a, "b");
ALTER TABLE [dbo].[pers]  WITH CHECK ADD  CONSTRAINT [d] FOREIGN KEY([nm_acc])
REFERENCES [dbo].[stn] ([nm])
GO
"""
FIRS = ",".join(
    f"({i},{i % 20 + 1},'201{i % 5}-03-1{i % 9}',{i % 8 + 1},'Near bus stand ward {i}','It is stated by the complainant"
    f" that unknown persons stole goods number {i} in the night')"
    for i in range(1, 41)
)


@pytest.fixture(scope="module")
def dump(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "old.sql"
    stations = ",".join(f"({n},'{name}')" for n, name in enumerate(["Kotwali", "Sadar", "Rampur", "Ganj", "Mandi", "Nagar", "Teela", "Purwa"], 1))  # fmt: skip
    persons = ",".join(f"({n},{n * 7 % 40 + 1},'Ram {n} Kumar',{18 + n % 40},{n % 2 + 1})" for n in range(1, 61))
    path.write_text(DUMP.format(stations=stations, firs=FIRS, persons=persons), "utf-8")
    return path


def test_keys_that_a_dump_declares_are_read_and_those_in_its_texts_are_none(dump):
    refers = {t.name: t.refers for t in open_tables(dump)}
    assert refers["stn"] == ()
    assert refers["fir_main"] == (ForeignKey(("x7",), "stn", ("k1",)),)
    assert refers["pers"] == (
        ForeignKey(("zz",), "fir_main", ("uid",)),
        ForeignKey(("age", "sex_c"), "other", ("a", "b")),
        ForeignKey(("nm_acc",), "stn", ("nm",)),
    )


def test_declared_keys_come_first_and_codes_of_all_kinds_are_told_by_their_kind(dump):
    drafted = draft_system(dump, ReadAs(), make_wanted("auto", "mp", None), "mp_old", "mp")
    g = drafted.guessed
    assert [(t.table, t.of, t.key, t.to, t.is_declared) for t in g.ties] == [
        ("pers", "fir_main", ("zz",), ("uid",), True)
    ]
    found = {(x.of, x.column): (x.table, x.key, x.value, x.where, x.is_declared) for x in g.lookups}
    assert found["fir_main", "x7"] == ("stn", "k1", "nm", (), True)
    assert found["pers", "sex_c"] == ("code_master", "ccode", "cdesc", (("ctype", "SEX"),), False)
    assert 'where = { "ctype" = "SEX" }' in drafted.text
    assert any(row[:3] == ["pers", "part of fir_main", "declared"] for row in drafted.rows())


def test_what_speaks_against_a_declared_key_is_told():
    head = profile("fir", ("FIR_ID", "NO"), [(str(1000 + n), str(n)) for n in range(1, 40)], 100)
    part = profile("acc", ("FIR_ID", "OTHER"), [(str(1000 + n), str(9000 + n)) for n in range(1, 40)], 100)
    refers = {"acc": (ForeignKey(("OTHER",), "FIR", ("fir_id",)),)}
    (tie,), asked = find_ties(head, [part], refers)
    assert (tie.key, tie.to, tie.is_declared, asked) == (("OTHER",), ("FIR_ID",), True, [])
    assert "0% are there" in describe_doubts(tie, part, [head])
    right = find_ties(head, [part], {"acc": (ForeignKey(("FIR_ID",), "fir", ("FIR_ID",)),)})[0][0]
    assert describe_doubts(right, part, [head]) == ""


def test_relationships_of_access_are_put_together_in_the_order_of_their_columns():
    head = ["ccolumn", "grbit", "icolumn", "szColumn", "szObject", "szReferencedColumn", "szReferencedObject",
            "szRelationship"]  # fmt: skip
    lines = [
        ["2", "0", "1", "YR", "ACC", "YEAR", "FIR", "FIRACC"],
        ["2", "0", "0", "NO", "ACC", "NUM", "FIR", "FIRACC"],
        ["damaged"],
    ]
    assert relationships([head, *lines]) == {"ACC": (ForeignKey(("NO", "YR"), "FIR", ("NUM", "YEAR")),)}
    assert relationships([]) == relationships([["a", "b"]]) == {}


def test_a_table_with_one_kind_of_codes_is_not_taken_apart():
    beats = [(str(100 + n), f"Beat {'abcdefgh'[n % 8]} road", str(n % 3 + 1)) for n in range(12)]
    assert kinds_of_codes(profile("beats", ("BEAT_CD", "NAME", "PS"), beats, 50)) == ()
    acts = [("IPC", "Indian Penal Code", "1"), ("BNS", "Nyaya Sanhita", "2"), ("AA", "Arms Act", "1"),
            ("EA", "Excise Act", "2")]  # fmt: skip
    assert kinds_of_codes(profile("acts", ("CD", "NAME", "N"), acts, 50)) == ()


KINDS = SYSTEM.replace("[[leave]]", """[[lookup]]
table = "codes"
key = "code"
value = "text"
where = { kind = "SEX" }
for = ["accused.sex"]
[[lookup]]
table = "codes"
key = "code"
value = "text"
where = { kind = "RELIGION" }
for = ["accused.rel"]
[[leave]]""")  # fmt: skip


def _written(folder, system):
    folder.mkdir()
    (folder / "system.toml").write_text(system, "utf-8")
    for name, text in MAPPINGS.items():
        more = ""
        if name == "thana_accused":
            more = '[[map]]\nfrom = "sex"\nto = "sex"\ninto = "accused"\nclean = "code"\n'
            more += '[[map]]\nfrom = "rel"\nto = "religion"\ninto = "accused"\nclean = "code"\n'
        (folder / f"{name}.toml").write_text(text + more, "utf-8")


def _tables(folder):
    folder.mkdir()
    tables = {
        "fir": "fir_id,no,dt,ps\n1,7,2009-03-05,1\n",
        "accused": "acc_id,case_id,nm,age,sex,rel\n1,1,Mohan Lal,30,1,2\n2,1,Sita Devi,31,2,1\n3,1,Ravi Das,32,9,1\n",
        "ps": "cd,name,dist\n1,Kotwali,1\n",
        "dist": "id,name\n1,Mandi\n",
        "codes": "kind,code,text\nSEX,1,Male\nSEX,2,Female\nRELIGION,1,Hindu\nRELIGION,2,Muslim\nRELIGION,9,Sikh\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def test_codes_of_one_table_mean_what_their_kind_says(tmp_path):
    _written(tmp_path / "m", KINDS)
    system, mappings = read_system(tmp_path / "m")
    done = apply_system(_tables(tmp_path / "t"), system, mappings, table_context("hp", None, 0), tmp_path / "out")
    persons = (tmp_path / "out" / "iif1_persons.csv").read_text("utf-8-sig")
    head, *rows = [line.split(",") for line in persons.splitlines()]
    found = [(r[head.index("name")], r[head.index("sex")], r[head.index("religion")]) for r in rows]
    # 9 is a religion, and no sex.
    assert found == [("Mohan Lal", "male", "muslim"), ("Sita Devi", "female", "hindu"), ("Ravi Das", "", "hindu")]
    assert done.doubts >= 1


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('where = { kind = "RELIGION" }', 'where = { kind = "sex" }', "two rules are for the same kind of codes"),
        ('where = { kind = "RELIGION" }', "", "named twice"),
        ('where = { kind = "RELIGION" }', 'where = { kind = "" }', "give the text that a row must have"),
    ],
    ids=["the-same-kind", "no-kind", "empty-kind"],
)
def test_kinds_of_codes_that_cannot_be_told_are_refused(tmp_path, before, after, said):
    path = tmp_path / "system.toml"
    path.write_text(KINDS.replace(before, after, 1), "utf-8")
    with pytest.raises(MappingError, match=re.escape(said)):
        load_system(path)


def test_a_system_may_stand_in_the_mapping_of_its_head(tmp_path):
    _written(tmp_path / "m", KINDS)
    (tmp_path / "m" / "system.toml").unlink()
    mapping = tmp_path / "m" / "thana_fir.toml"
    body = KINDS.partition("[head]")[2]
    section = "[system.head]" + body.replace("[[", "[[system.")
    mapping.write_text(mapping.read_text("utf-8") + section, "utf-8")
    assert list(find_systems([tmp_path])) == [mapping]
    system, mappings = read_system(tmp_path / "m")
    assert (system.id, system.heads, system.mapping) == ("thana_fir", ("fir",), "thana_fir")
    done = apply_system(_tables(tmp_path / "t"), system, mappings, table_context("hp", None, 0), tmp_path / "out")
    assert {t.table: t.joined for t in done.tables if t.role == "part"} == {"accused": 3}
