"""Shared scan store: a folder or any S3-compatible service. Files are named by their content.

Credentials come from the environment (AWS_ACCESS_KEY_ID and so on), as in every client of such stores; no setting holds
them, and no message repeats a server response.
"""

from __future__ import annotations

import errno
import hashlib
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from digitize.errors import DigitizeError, MachineLacks, OptionsError

Got = TypeVar("Got")
_TRIES = 6
_FIRST_S, _LONGEST_S = 0.5, 30.0
"""Waits between tries double: about a quarter of a minute in all, in which a busy store recovers."""
_CLIENTS = ("botocore", "aiobotocore", "aiohttp", "fsspec", "s3fs", "gcsfs", "adlfs")
"""Libraries whose own errors, that are no OSError, mean a store that does not answer."""

_NO_PASSWORD = "do not put a password in the name of a store, which is shown and recorded. Set AWS_SECRET_ACCESS_KEY."


class StoreAway(DigitizeError):
    """The store did not deliver a file, or delivered the wrong one."""


class ScanStore:
    """One store. Raises MachineLacks if its library is not installed, OptionsError for an invalid URL."""

    def __init__(self, url: str, endpoint: str = "", wait: Callable[[float], object] = time.sleep) -> None:
        """url: as "s3://bucket/prefix" or "file:///srv/scans"; endpoint: of a store that is not Amazon's."""
        self.url = check_url(url)
        if "@" in endpoint or "?" in endpoint:
            raise OptionsError(_NO_PASSWORD)
        self._endpoint, self._wait = endpoint, wait
        self._fs, self._root = _open_store(url, endpoint)

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process opens its own connection, with its own credentials."""
        return ScanStore, (self.url, self._endpoint)

    def fetch(self, place: str, to: Path, sha256: str) -> None:
        """Fetch a file. Raises StoreAway if it is missing or different, or if the store does not answer."""
        part = to.with_name(f".{to.name}.{os.getpid()}.{random.getrandbits(32):08x}.part")
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._patiently(place, lambda: self._fs.get_file(self._path_of(place), str(part)))
            with part.open("rb") as f:
                found = hashlib.file_digest(f, "sha256").hexdigest()
            if found != sha256:
                raise StoreAway(
                    f"{self.url}: {place} does not match its name; it was damaged there. Store it again: "
                    "digitize store put DIR --again"
                )
            part.chmod(0o600)
            part.replace(to)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()

    def copy_in(self, path: Path, place: str) -> None:
        """Copy a file there. Raises StoreAway."""
        at = self._path_of(place)

        def copy() -> None:
            # Stores that are no folders make none.
            self._fs.makedirs(at.rpartition("/")[0], exist_ok=True)
            self._fs.put_file(str(path), at)

        self._patiently(place, copy)

    def places(self, below: str) -> dict[str, int]:
        """The files below a place, with their sizes in bytes. Raises StoreAway."""
        root = self._path_of(below)

        def look() -> dict[str, int]:
            try:
                found = self._fs.find(root, detail=True)
            except FileNotFoundError:
                return {}
            return {name[len(root) - len(below) :].lstrip("/"): int(said["size"]) for name, said in found.items()}

        return self._patiently(below, look)

    def _path_of(self, place: str) -> str:
        return f"{self._root.rstrip('/')}/{place}"

    def _patiently(self, place: str, ask: Callable[[], Got]) -> Got:
        for wait_s in _waits():
            try:
                return ask()
            except FileNotFoundError as e:
                raise StoreAway(f"{self.url} has no {place}. Store it: digitize store put DIR") from e
            except PermissionError as e:
                raise StoreAway(
                    f"{self.url} refuses access. Check the key of this machine's account (AWS_ACCESS_KEY_ID ...)."
                ) from e
            except Exception as e:
                if not _is_away(e):
                    raise
                if wait_s is None:
                    raise StoreAway(
                        f"{self.url} did not answer in {_TRIES} tries ({_word(e)}). When it does, run the same "
                        f"command again; no finished work is lost."
                    ) from e
                self._wait(wait_s)
        raise AssertionError("the last try returns or raises")


def check_url(url: str) -> str:
    """Validate a store URL. Raises OptionsError for a URL with a password or of unknown kind."""
    # First: other messages repeat the URL.
    if "@" in url or "?" in url:
        raise OptionsError(_NO_PASSWORD)
    kind, _, rest = url.partition("://")
    if not rest or not kind.isalnum():
        raise OptionsError(f"a store is named as s3://bucket/prefix or file:///folder, not {url!r}")
    return url


def _open_store(url: str, endpoint: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs

        # One try of its own: how often is settled here, once for all kinds of stores.
        more = {"config_kwargs": {"retries": {"max_attempts": 1}}} if url.startswith("s3") else {}
        if endpoint and url.startswith("s3"):
            more["endpoint_url"] = endpoint  # type: ignore[assignment]
        fs, root = url_to_fs(url, **more)
    except ImportError as e:
        raise MachineLacks(f"{url} needs {e.name}. Install it: pip install 'cctns-digitize[cluster]'") from e
    except ValueError as e:
        raise OptionsError(f"there is no type of store that starts with {url.partition(':')[0]}://") from e
    if hasattr(fs, "retries"):
        fs.retries = 1
    return fs, str(root)


def _waits() -> Iterator[float | None]:
    """Delay after each attempt, None after the last. Jittered, so that 400 workers do not retry at the same moment."""
    for n in range(_TRIES - 1):
        yield min(_LONGEST_S, _FIRST_S * 2**n) * random.uniform(0.5, 1.5)
    yield None


def _is_away(error: Exception) -> bool:
    """Whether a store that does not answer is behind an error; a full disk here is not."""
    if isinstance(error, OSError):
        return error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
    return type(error).__module__.startswith(_CLIENTS)


def _word(error: Exception) -> str:
    """What may be reported of an error: its type and status code, not its text."""
    seen: BaseException | None = error
    while seen is not None:
        answer = getattr(seen, "response", None)
        if isinstance(answer, dict):
            status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
            return f"{type(error).__name__}, status {status}"
        seen = seen.__cause__ or seen.__context__
    return type(error).__name__
