"""Checking import files by themselves: their tables in blocks of rows, the rules over them, what came of it."""
