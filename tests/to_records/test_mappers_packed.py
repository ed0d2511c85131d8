"""Records packed by a shape come back as they were, and texts made of columns are those of the records themselves."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.files.mapping import golden
from digitize.workspace.ledger.records import record_hash
from mappers.mapping.apply import Application
from mappers.mapping.column_encodings import settle_mapping
from mappers.mapping.load import load_mappings, map_rows, row_sources
from mappers.mapping.texts import table_texts
from mappers.packed import RecordShape
from mappers.record import FieldValue, Origin, Record, to_plain
from mappers.sources.values import RowValues

TEXT = st.text(max_size=8)
ORIGINS = st.one_of(
    st.just(Origin()),
    st.builds(Origin, file=TEXT, table=TEXT, row=st.integers(0, 3), column=TEXT),
    st.builds(Origin, page=TEXT, zone=TEXT, box=st.none() | st.just((1, 2, 3, 4))),
)
SHARES = st.sampled_from([0.0, 0.5, 1.0])
NOTES = st.lists(TEXT, max_size=2).map(tuple)
VALUES = st.builds(
    FieldValue, raw=TEXT, value=st.none() | TEXT, confidence=SHARES, origin=ORIGINS, by=TEXT, blank=st.booleans(),
    notes=NOTES, candidates=NOTES, accept=SHARES,
)  # fmt: skip
ROWS = st.dictionaries(TEXT, VALUES, max_size=4)
RECORDS = st.builds(
    Record, id=st.just("r"), form=st.just("iif1"), fields=ROWS, batch=st.just("b"), pages=NOTES, ignored=NOTES,
    children=st.dictionaries(TEXT, st.lists(ROWS, min_size=1, max_size=3).map(tuple), max_size=2),
    left_over=st.dictionaries(TEXT, TEXT, max_size=2), profile=TEXT,
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=4), RECORDS)
def test_what_is_packed_comes_back_whole_and_in_its_order(shaped_by, other):
    shape = RecordShape.from_bytes(RecordShape.from_records(shaped_by).to_bytes())
    for record in (*shaped_by, other):
        got = shape.record(shape.compress(shape.text(record)), "r", "iif1", "b")
        # As JSON with its order: a row with no value, a field before another.
        assert json.dumps(to_plain(got)) == json.dumps(to_plain(record))


MAPPINGS = load_mappings()
PAIRS = sorted(m.id for m in MAPPINGS.values() if m.match.columns)


@pytest.mark.parametrize("name", PAIRS)
def test_texts_of_columns_are_those_of_the_records(samples, name):
    folder = samples / "formats" / name
    if not folder.is_dir():
        pytest.fail(f"{name} has no golden pair")
    context = golden.golden_context(folder)
    table = golden._source_table(MAPPINGS[name], folder)
    own = context.state.encodings if context.state else ()
    mapping, table = settle_mapping(MAPPINGS[name], table, golden.encodings(), own)
    rows = [r for r in table.rows if not r.deleted and not r.problem][:12]
    values = [
        RowValues("source", table.name, r.number, golden.named_cells(table.columns, r), f"t-r{r.number}") for r in rows
    ]
    records = map_rows(mapping, values, context)
    shape = RecordShape.from_records(records[:3])
    works = {n: Application(m, context) for n, m in {"": mapping, **mapping.also}.items()}
    ids, numbers = [v.record_id for v in values], [v.row for v in values]
    texts = list(table_texts(works, row_sources(mapping, values), ids, numbers, shape, ("state", "year")))
    assert [(t.id, t.form) for t in texts] == [(r.id, r.form) for r in records]
    for made, record in zip(texts, records, strict=True):
        plain = to_plain(record)
        assert made.whole == json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        got = shape.record(shape.compress(made.packed), record.id, record.form, record.batch)
        assert json.dumps(to_plain(got)) == json.dumps(plain) and record_hash(got) == record_hash(record)
        assert [v and v.value for v in made.key] == [record.value("state"), record.value("year")]
