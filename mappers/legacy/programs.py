"""Other programs at work for a reader, under limits of time, memory and output."""

from __future__ import annotations

import selectors
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

_CHUNK = 1 << 16
_KEPT_ERRORS = 2048
_LONGEST_COMPLAINT = 200
# The shell sets the limits of the process it then becomes; no file may be written.
_UNDER_LIMITS = (
    'ulimit -v "$1" 2>/dev/null; ulimit -t "$2" 2>/dev/null; ulimit -f 0 2>/dev/null; ulimit -c 0 2>/dev/null;'
    ' shift 2; exec "$@"'
)


@dataclass(frozen=True, slots=True)
class ProgramLimits:
    """What a program may use. cpu_s: seconds of processor; silent_s: seconds without output while it is awaited.

    error_bytes: of complaints; a program that does not find its way complains without end.
    """

    cpu_s: int = 60
    silent_s: float = 60.0
    memory_mb: int = 512
    output_bytes: int = 1 << 20
    error_bytes: int = 1 << 16


class HelperProgram:
    """One run of a program; iterate over its output in chunks of bytes, then look at `trouble`.

    trouble: why it did not end well, as a clause; "" when it did, or has not ended. complaint: the first thing that it
    said of errors, "" for nothing. The program is killed when it passes a limit and when the iteration is left early.
    settings: environment variables set for it.
    """

    def __init__(self, command: Sequence[str], limits: ProgramLimits, settings: Mapping[str, str]) -> None:
        self._name = command[0]
        self._limits = limits
        self._errors = b""
        self.trouble = ""
        allowed = [str(limits.memory_mb * 1024), str(limits.cpu_s)]
        variables = [f"{k}={v}" for k, v in settings.items()]
        self._command = ["sh", "-c", _UNDER_LIMITS, "sh", *allowed, "env", *variables, *command]

    def __iter__(self) -> Iterator[bytes]:
        """Start the program and deliver what it prints."""
        with subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            try:
                yield from self._output(process)
            finally:
                if self.trouble or process.poll() is None:
                    process.kill()
        if not self.trouble and process.returncode:
            said = f" ({self.complaint})" if self.complaint else ""
            self.trouble = f"{self._name} ended with code {process.returncode}{said}"

    @property
    def complaint(self) -> str:
        """The first line of its errors."""
        return self._errors.decode("utf-8", "replace").strip().split("\n")[0][:_LONGEST_COMPLAINT]

    def _output(self, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
        assert process.stdout is not None
        assert process.stderr is not None
        printed = complained = 0
        with selectors.DefaultSelector() as ready:
            ready.register(process.stdout, selectors.EVENT_READ)
            ready.register(process.stderr, selectors.EVENT_READ)
            while ready.get_map():
                events = ready.select(self._limits.silent_s)
                if not events:
                    self.trouble = f"{self._name} was stopped: it printed nothing for {self._limits.silent_s:.0f} s"
                    return
                for key, _ in events:
                    data = _read(key.fileobj)
                    if not data:
                        ready.unregister(key.fileobj)
                    elif key.fileobj is process.stderr:
                        complained += len(data)
                        self._errors = (self._errors + data)[:_KEPT_ERRORS]
                    else:
                        printed += len(data)
                        yield data
                if complained > self._limits.error_bytes:
                    self.trouble = f"{self._name} was stopped: it printed too many errors ({self.complaint})"
                    return
                if printed > self._limits.output_bytes:
                    self.trouble = f"{self._name} was stopped: it printed more than {self._limits.output_bytes} bytes"
                    return
        # It may have closed its output and still be running.
        try:
            process.wait(self._limits.silent_s)
        except subprocess.TimeoutExpired:
            self.trouble = f"{self._name} was stopped: it did not end"

    def read_all(self) -> bytes:
        """All it prints, up to its limit."""
        return b"".join(self)


def _read(stream: object) -> bytes:
    source: IO[bytes] = stream  # type: ignore[assignment]  # a selector hands back what it was given
    return source.read1(_CHUNK)  # type: ignore[attr-defined, no-any-return]
