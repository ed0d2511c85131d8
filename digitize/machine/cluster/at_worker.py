"""What runs on a worker of a cluster: files are found, then one confined process does the jobs of a parcel in turn."""

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
    """What all jobs of one run have in common.

    folder: the workspace on the machine that sends them; settings: hash of its settings, by which it is known. store:
    None where all workers see the folder. kit: key of its small files. models: what DIGITIZE_MODELS says there, with
    the folder as "".
    """

    folder: str
    settings: str
    store: ScanStore | None
    kit: str
    models: str = ""


class JobDone(NamedTuple):
    """What came of a job."""

    value: Any


class Broke(NamedTuple):
    """The job broke its process twice."""


class Lacking(NamedTuple):
    """The job was not done, for a file could not be had. message: with the next step."""

    message: str


class Raised(NamedTuple):
    """The work raised an error of its own."""

    error: Exception


Outcome = JobDone | Broke | Lacking | Raised


class JobTold(NamedTuple):
    """What came of one job of a parcel, and how long it took by the clock."""

    outcome: Outcome
    seconds: float


class WorkerSeen(NamedTuple):
    """What a worker is. has_folder: whether it sees the workspace's own; has_key: and the key by which is signed."""

    fitness: Fitness
    has_folder: bool
    has_key: bool = False


_KIT = "digitize_kit"
_HANDS = "digitize_processes"


def do_there(session: RunSession, parcel: Sequence[bytes], limit_s: float | None) -> list[JobTold]:
    """Do packed (work, job) one after another on this worker. Each stands for itself, whatever came of the one before.

    Where they take longer than was thought the list is shorter than the parcel: what is not told of was not begun.
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
        return Lacking(f"no file could be kept on worker {_name()} ({type(e).__name__}). Make room there.")
    try:
        return JobDone(hand.do(work, job, limit_s))
    except Crashed:
        return Broke()
    except Exception as e:
        return Raised(e)


def do_itself(session: RunSession, parcel: Sequence[bytes], limit_s: float | None) -> list[JobTold]:
    """Do a packed (work, job) in this very process, which has the network; work gets a place for jobs of its own.

    What it opens of foreign origin it has opened by a confined process all the same. Raises what the work raises.
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
    """Look at this worker."""
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
    """Lay a workspace's small files out on a worker. Returns where."""
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
    """The processes of this worker that have nothing to do, as many as it has threads; those of another run end."""
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
