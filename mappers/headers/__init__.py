"""The words that headers of old tables are made of, and how a header is read."""
