"""Scans of a folder to redo while the book is still on the table."""
