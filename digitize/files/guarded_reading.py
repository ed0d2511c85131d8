"""Read untrusted files: unexpected library errors are reported as damage, and memory is limited."""

from __future__ import annotations

import errno
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from digitize.errors import InputError, machine_trouble
from digitize.machine.limits import held_memory
from digitize.machine.sandbox import note_file

_DAMAGE = (zlib.error, zipfile.BadZipFile, lzma.LZMAError, EOFError, struct.error, RecursionError, UnicodeError)


@contextmanager
def read_guarded(name: str) -> Iterator[None]:
    """Read a file within the memory limit. name: of the file, for messages. Raises InputError."""
    note_file(name)
    try:
        with held_memory():
            yield
    except MemoryError as e:
        raise InputError(f"{name}: it needs more memory than any intact file. Export it again, in parts.") from e
    except _DAMAGE as e:
        raise InputError(f"{name}: it is damaged ({type(e).__name__}). Fetch or export it again.") from e
    except OSError as e:
        # Places behind a file's end, or before its begin: what the system says of a file itself is told as that.
        if e.errno not in (None, errno.EINVAL) or machine_trouble(e):
            raise
        raise InputError(f"{name}: it is damaged ({type(e).__name__}). Fetch or export it again.") from e
    except BaseException as e:
        # Polars is written in Rust: its panics are no Exception, and its module is loaded only where it is used.
        if type(e).__module__.partition(".")[0] not in ("polars", "pyo3_runtime"):
            raise
        raise InputError(f"{name}: it is damaged ({type(e).__name__}). Fetch or export it again.") from e
