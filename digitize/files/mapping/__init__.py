"""Tools for mapping authors: draft, test, explain, and measure the coverage of a mapping file."""
