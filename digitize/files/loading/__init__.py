"""Load import files directly into a target: read, check, load in batches; no workspace needed."""
