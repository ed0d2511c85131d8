"""Code that runs on a cluster worker: fetch files, then run the jobs of a parcel one by one in one confined process."""

from __future__ import annotations

import os
import tempfile
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from digitize.machine.cluster.fitness import Fitness, look
from digitize.machine.cluster.here import Here
from digitize.machine.cluster.one_process import Crashed, OneProcess
from digitize.machine.cluster.parcels import is_long_enough
from digitize.machine.cluster.site import Kit, Site, settings_hash
from digitize.machine.cluster.store import ScanStore, StoreAway
from digitize.machine.cluster.travel import unpack
from ocr.tesseract.folders import VARIABLE


@dataclass(frozen=True)
class RunSession:
    """Context shared by all jobs of one run.

    folder: the workspace on the sending machine; settings: hash that identifies it. store: None if all workers share
    the folder. kit: key of its small files. models: DIGITIZE_MODELS on that machine, with the folder as "".
    """

    folder: str
    settings: str
    store: ScanStore | None
    kit: str
    models: str = ""


class JobDone(NamedTuple):
    """Result of a job."""

    value: Any


class Broke(NamedTuple):
    """The job crashed its process twice."""


class Lacking(NamedTuple):
    """The job was not done, for a file could not be had. message: with the next step."""

    message: str


class Raised(NamedTuple):
    """The work raised an error."""

    error: Exception


Outcome = JobDone | Broke | Lacking | Raised


class JobTold(NamedTuple):
    """Result of one job of a parcel, and its wall-clock time."""

    outcome: Outcome
    seconds: float


class WorkerSeen(NamedTuple):
    """State of a worker. has_folder: it sees the workspace's own folder; has_key: and the signing key."""

    fitness: Fitness
    has_folder: bool
    has_key: bool = False


_KIT = "digitize_kit"
_HANDS = "digitize_processes"


def do_there(session: RunSession, parcel: Sequence[bytes], limit_s: float | None) -> list[JobTold]:
    """Run pickled (work, job) pairs one by one on this worker, each independent of the others.

    If they take longer than expected the result is shorter than the parcel: the missing jobs were not started.
    """
    site, hands = _site(session), _hands(session)
    hand = _free(hands, session, site)
    told, begun = list[JobTold](), time.monotonic()
    try:
        for data in parcel:
            since = time.monotonic()
            outcome = _done_by(hand, site, data, limit_s)
            told.append(JobTold(outcome, time.monotonic() - since))
            if is_long_enough(time.monotonic() - begun):
                break
    finally:
        hands.append(hand)
    return told


def _done_by(hand: OneProcess, site: Site, data: bytes, limit_s: float | None) -> Outcome:
    try:
        work, job = unpack(data, site.find)
    except StoreAway as e:
        return Lacking(str(e))
    except OSError as e:
        return Lacking(f"no file could be stored on worker {_name()} ({type(e).__name__}). Make room there.")
    try:
        return JobDone(hand.do(work, job, limit_s))
    except Crashed:
        return Broke()
    except Exception as e:
        return Raised(e)


def do_itself(session: RunSession, parcel: Sequence[bytes], limit_s: float | None) -> list[JobTold]:
    """Run a pickled (work, job) in this process, which has network access; work receives a place to run jobs of its
    own.

    It still opens untrusted files in a confined process. Raises what the work raises.
    """
    (data,) = parcel
    site = _site(session)
    work, job = unpack(data, site.find)
    hands = _hands(session)
    hand = _free(hands, session, site)
    since = time.monotonic()
    try:
        return [JobTold(JobDone(work(Here(site, 1, hand), job)), time.monotonic() - since)]
    finally:
        hands.append(hand)


def see_there(session: RunSession) -> WorkerSeen:
    """Report the state of this worker."""
    site = _site(session)
    hands = _hands(session)
    hand = _free(hands, session, site)
    try:
        fitness = hand.do(look, None, None)
    finally:
        hands.append(hand)
    folder = Path(session.folder)
    has_folder = settings_hash(folder) == session.settings
    return WorkerSeen(fitness, has_folder, has_folder and os.access(folder / "keys" / "site.pem", os.R_OK))


def keep_kit(kit: Kit, local: Path) -> str:
    """Write a workspace's small files to a worker. Returns the folder."""
    return str(kit.lay_out(local / _KIT))


def _site(session: RunSession) -> Site:
    folder = Path(session.folder)
    if settings_hash(folder) == session.settings:
        return Site(folder, session.store)
    return Site(_local() / _KIT / f"kit-{session.kit}", session.store)


def _free(hands: deque[OneProcess], session: RunSession, site: Site) -> OneProcess:
    try:
        return hands.pop()
    except IndexError:
        return OneProcess(_environment(session, site))


def _environment(session: RunSession, site: Site) -> Mapping[str, str]:
    own = site.folder / "models"
    if session.models:
        return {VARIABLE: session.models}
    return {VARIABLE: str(own)} if own.is_dir() else {}


def _hands(session: RunSession) -> deque[OneProcess]:
    """Idle processes of this worker, one per thread; those of another run are stopped."""
    state: dict[str, Any] = vars(_worker())
    named = f"{_HANDS}_{session.kit}_{session.models}"
    for other in [n for n in state if n.startswith(_HANDS) and n != named]:
        for hand in state.pop(other, ()):
            hand.close()
    hands: deque[OneProcess] = state.setdefault(named, deque())
    return hands


def _worker() -> Any:
    from distributed import get_worker

    return get_worker()


def _local() -> Path:
    return Path(str(getattr(_worker(), "local_directory", "") or tempfile.gettempdir()))


def _name() -> str:
    return str(getattr(_worker(), "name", os.getpid()))
