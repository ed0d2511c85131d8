"""Record to findings: the law of the data, without files and without a database."""
