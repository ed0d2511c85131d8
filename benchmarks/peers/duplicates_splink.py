"""Persons that may be one, found by splink in an environment of its own: duplicates_splink.py IN.parquet OUT.json.

IN: record, name, relative_name and address in Latin letters, sex, birth_year, district, phone. The model is splink's
own way: names by Jaro-Winkler with term frequencies, u from random pairs, m by expectation maximisation, twice.
OUT: pairs of records with their probability, and seconds of the processor.
"""

import json
import sys
import time
from pathlib import Path

import duckdb
import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLD = 0.5


def main(source: str, target: str) -> None:
    """Link and write the pairs."""
    rows = pd.read_parquet(source)
    parts = rows["name"].fillna("").str.lower().str.split()
    rows["first"] = parts.str[0]
    rows["last"] = parts.str[-1]
    rows["father"] = rows["relative_name"].str.lower().str.split().str[0]
    rows["place"] = rows["address"].str.lower()
    begun = time.process_time()
    db = DuckDBAPI(connection=duckdb.connect(config={"threads": 1}))
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        comparisons=[
            cl.JaroWinklerAtThresholds("first", [0.93, 0.85]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("last", [0.93, 0.85]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("father", [0.93, 0.85]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("place", [0.9, 0.75]),
            cl.ExactMatch("phone"),
            cl.ExactMatch("sex"),
            cl.ExactMatch("district"),
            cl.CustomComparison(
                output_column_name="birth_year",
                comparison_levels=[
                    {
                        "sql_condition": "birth_year_l IS NULL OR birth_year_r IS NULL",
                        "label_for_charts": "null",
                        "is_null_level": True,
                    },
                    *(
                        {"sql_condition": f"abs(birth_year_l - birth_year_r) <= {n}", "label_for_charts": str(n)}
                        for n in (0, 1, 3, 6)
                    ),
                    {"sql_condition": "ELSE", "label_for_charts": "other"},
                ],
            ),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("first", "father"),
            block_on("first", "last"),
            block_on("substr(first, 1, 2)", "father"),
            block_on("substr(first, 1, 3)", "last", "district"),
            block_on("phone"),
            block_on("father", "last", "birth_year"),
        ],
    )
    linker = Linker(db.register(rows), settings)
    linker.training.estimate_probability_two_random_records_match([block_on("first", "last", "father")], recall=0.3)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("first", "last"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("father", "district"))
    found = linker.inference.predict(threshold_match_probability=THRESHOLD).as_pandas_dataframe()
    spent = time.process_time() - begun
    pairs = found[["record_l", "record_r", "match_probability"]].to_numpy().tolist()
    Path(target).write_text(json.dumps({"cpu_s": round(spent, 1), "pairs": pairs}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
