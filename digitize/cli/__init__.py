"""The command line: one file a command. Commands parse, call one function, print."""

from digitize.cli.app import main

__all__ = ["main"]
