"""The command line, one file per command. Commands parse, call one function, print."""

from digitize.cli.app import main

__all__ = ["main"]
