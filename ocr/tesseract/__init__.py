"""Tesseract: where its models lie, and two ways to run it, in this process and as a program."""
