"""Handwritten words of Devanagari and Bengali, for fields that hold an entry of a closed list."""
