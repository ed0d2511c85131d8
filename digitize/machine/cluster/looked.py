"""Preload for the forkserver of a worker: fingerprint this machine once for all forked processes.

Files are hashed as they are loaded, so the hash matches the code that the forks run, whatever is installed later.
Imported only by name (digitize.machine.cluster.one_process).
"""

from __future__ import annotations

from contextlib import suppress

from digitize.machine.cluster.fitness import look

# Whoever looks by a copy is told of a model that cannot be read.
with suppress(OSError):
    look()
