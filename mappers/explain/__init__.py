"""A mapping in words: what each column of the source is, where it goes, how it is read, and what is left out."""

from mappers.explain.mapping import (
    Destination,
    Explained,
    ExplainedForm,
    ExplainedLeftRows,
    ExplainedRule,
    cleaner_words,
    explain_mapping,
    mapping_file,
)

__all__ = [
    "Destination",
    "Explained",
    "ExplainedForm",
    "ExplainedLeftRows",
    "ExplainedRule",
    "cleaner_words",
    "explain_mapping",
    "mapping_file",
]
