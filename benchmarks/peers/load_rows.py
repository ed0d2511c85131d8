"""Load the first rows of a CSV file into a bare PostgreSQL table as another library does it; run in its environment.

python load_rows.py WAY FILE COUNT URL: prints the seconds, reading of the file included, start of Python not.
"""

import csv
import sys
import time
from itertools import islice
from pathlib import Path


def to_sql(path, count, url, **how):
    """Pandas to_sql."""
    import pandas
    from sqlalchemy import create_engine

    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as db:
        db.exec_driver_sql("SELECT 1")
    begun = time.perf_counter()
    frame = pandas.read_csv(path, dtype=str, keep_default_na=False, nrows=count)
    frame.to_sql("peer", engine, if_exists="replace", index=False, chunksize=1000, **how)
    return time.perf_counter() - begun


def insertmany(path, count, url):
    """SQLAlchemy's insertmanyvalues."""
    from sqlalchemy import Column, MetaData, Table, Text, create_engine, insert

    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    begun = time.perf_counter()
    with Path(path).open(encoding="utf-8", newline="") as f:
        reader = csv.DictReader(f)
        rows = list(islice(reader, count))
        table = Table("peer", MetaData(), *(Column(name, Text) for name in reader.fieldnames))
    table.drop(engine, checkfirst=True)
    table.create(engine)
    with engine.begin() as db:
        for start in range(0, count, 5000):
            db.execute(insert(table).returning(table.c.record_id), rows[start : start + 5000])
    return time.perf_counter() - begun


def with_dlt(path, count, url):
    """Dlt from an Arrow table."""
    import os
    import tempfile

    import dlt
    import pyarrow.csv

    os.environ["DLT_DATA_DIR"] = tempfile.mkdtemp()
    begun = time.perf_counter()
    options = pyarrow.csv.ParseOptions(newlines_in_values=True)
    rows = pyarrow.csv.read_csv(path, parse_options=options).slice(0, count)
    pipeline = dlt.pipeline(
        "peer", destination=dlt.destinations.postgres(url.replace("@", ":unused@")), dataset_name="peer",
        pipelines_dir=tempfile.mkdtemp(),
    )  # fmt: skip
    pipeline.run(rows, table_name="peer", write_disposition="replace", loader_file_format="csv")
    return time.perf_counter() - begun


WAYS = {
    "to_sql": to_sql,
    "to_sql_multi": lambda path, count, url: to_sql(path, count, url, method="multi"),
    "insertmany": insertmany,
    "dlt": with_dlt,
}

if __name__ == "__main__":
    way, path, count, url = sys.argv[1:]
    print(WAYS[way](path, int(count), url))
