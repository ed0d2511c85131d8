"""For the process of which those of a worker are copies: it has looked at this machine, once for all of them.

Its files are hashed when it loads them, and so are those that its copies run, whatever is installed later. Imported by
name (digitize.machine.cluster.one_process), by nobody else.
"""

from __future__ import annotations

from contextlib import suppress

from digitize.machine.cluster.fitness import look

# Whoever looks by a copy is told of a model that cannot be read.
with suppress(OSError):
    look()
