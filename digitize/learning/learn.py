"""`digitize learn`: train the office's own weights on settled values, adopted only if they read better.

Everything stays in the workspace. Intermediate results are kept in a folder of it, so that a new call resumes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from digitize.errors import InputError
from digitize.learning.accepted import AcceptedPage, accepted_pages
from digitize.learning.comparison import original_of, read_both
from digitize.learning.crops import Chosen, CropJob, cut_page
from digitize.learning.judge import HeldBack, judge
from digitize.learning.networks import NETWORKS, TaughtNetwork, Weights, content_to_teach, first_weights
from digitize.learning.progress_files import drop_unlikely, read_crops, read_text, write_crops, write_file
from digitize.learning.turns import TURNS, split
from digitize.machine.pool import patience_s, run_jobs
from digitize.machine.progress import Progress
from digitize.machine.work_keys import plain_hash, text_key, work_key
from digitize.steps.measure import learned_pages
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.chosen_weights import find_chosen
from digitize.workspace.own_weights import (
    OwnWeights,
    folder_of,
    keep_weights,
    list_weights,
    name_of,
    require_whole,
    use_weights,
)
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext
from digitize.workspace.run_context import build_run_context as gather
from ocr.learning.strips import Mixture, TextStrip
from ocr.learning.teach import Course, Pupil, mean_of
from ocr.models.running import load_network

LEARN_VERSION = "4"
LEAST_PAGES = 12
_SAVED_EVERY = 20
_FEWEST_STEPS = 40
_UNFINISHED = "unfinished"


def learn_handwriting(place: Place, progress: Progress, course: Course | None = None) -> LearnedAll:
    """Train each network on settled values, and adopt its weights if they read held-back values better.

    Raises InputError if too few pages were settled for any, MachineLacks without onnxruntime or the package's weights.
    """
    with Ledger(place.ledger) as ledger:
        known = gather(place, ledger)
        names = place.options.learn.names
        pages = {n: accepted_pages(ledger, known, n, names=names) for n in NETWORKS}
        left, work = [], []
        for network in NETWORKS.values():
            why = _explain_refusal(network, known, pages[network.name])
            if why:
                left += [why] if pages[network.name] else []
            else:
                work.append(_Work(ledger, known, network, pages[network.name], course, progress))
        if not work:
            raise InputError(" ".join(left) or f"{_explain_too_few(0)} Answer more of the review sheet first.")
        # Of a learning that was broken off what is done stays done.
        found = [one.learn() for one in work if not one.is_done()]
        shutil.rmtree(folder_of(place) / _UNFINISHED, ignore_errors=True)
        return LearnedAll(tuple(found), tuple(left))


def _explain_refusal(network: TaughtNetwork, known: RunContext, pages: Sequence[AcceptedPage]) -> str:
    """Why a network is not trained, "" if it is."""
    if len(pages) < LEAST_PAGES:
        return f"{network.title}: {_explain_too_few(len(pages))}"
    if first_weights(network, known) is None:
        return f"{network.title}: there are no weights to start from. [read] in digitize.toml can name a file."
    return ""


def _explain_too_few(pages: int) -> str:
    return f"{pages} pages of forms have settled values to learn from, {LEAST_PAGES} are needed."


def choose_course(crops: int) -> Course:
    """A course as long as there are crops: many steps on few of them learn these by heart, and forget the rest."""
    full = Course()
    return replace(full, steps=min(full.steps, max(_FEWEST_STEPS, crops)))


class _Work:
    """One training run and its inputs."""

    def __init__(
        self,
        ledger: Ledger,
        known: RunContext,
        network: TaughtNetwork,
        pages: Sequence[AcceptedPage],
        course: Course | None,
        progress: Progress,
    ) -> None:
        self._ledger, self._known, self._course, self._progress = ledger, known, course, progress
        self._network, self._split = network, split(pages)
        self._parent = find_chosen(ledger, network.name)
        self._seen = learned_pages(known.place, self._parent)
        own = dict(known.weights).get(network.name)
        if own is not None:
            require_whole(own)
        self._parent_file: Weights = own or first_weights(network, known) or ""
        self._folder = folder_of(known.place) / _UNFINISHED / network.name

    def is_done(self) -> bool:
        """Whether it was learned before another network's learning was broken off."""
        return read_text(self._folder / "done") == self._taught_key()

    def learn(self) -> Learned:
        key = work_key(self._taught_key(), self._parent)
        if read_text(self._folder / "key") != key:
            shutil.rmtree(self._folder, ignore_errors=True)
        (self._folder / "pages").mkdir(parents=True, exist_ok=True)
        (self._folder / "key").write_text(key, encoding="utf-8")
        crops = dict(self._cut())
        if not any(one.sample.text for some in crops.values() for one in some):
            raise InputError("No crop of a settled value was found. Are the originals there? See: digitize fixity")
        contents, pairs = [], []
        for number, turn in enumerate(self._split.turns):
            samples = drop_unlikely([one for page in turn.taught for one in crops[page.scan.page]])
            contents.append(self._teach(samples, number))
            pairs += self._judge_values(contents[-1], turn.judging, f"turn{number}")
        content = mean_of(contents)
        pairs += self._judge_values(content, self._split.held, "held")
        learned = self._keep(content, sum(map(len, crops.values())), judge(pairs))
        # What is known of it is no more than the weights: pictures of values are not kept a second time.
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        (self._folder / "done").write_text(self._taught_key(), encoding="utf-8")
        return learned

    def _judge_values(self, content: bytes, pages: Sequence[AcceptedPage], name: str) -> list[tuple[bool, bool]]:
        """Whether the current weights and these read the values of pages right; cached, not read twice."""
        kept = self._folder / f"{name}.json"
        # What the weights in use were taught themselves says nothing of what is learned now.
        pages = [page for page in pages if page.scan.page not in self._seen]
        if not kept.is_file():
            # Named by content: what is read is kept for a run under the name of the weights.
            file = self._folder / f"{name_of(content)}.onnx"
            file.write_bytes(content)
            pairs = list(read_both(self._ledger, self._known, pages, self._network.name, file, self._progress))
            write_file(kept, json.dumps(pairs).encode("ascii"))
        return [(bool(old), bool(new)) for old, new in json.loads(kept.read_text(encoding="ascii"))]

    def _keep(self, content: bytes, crops: int, judged: HeldBack) -> Learned:
        """Store the weights, and use them if they read better; the scores are recorded in the history."""
        taught = self._split.taught
        values = sum(len(p.values) for p in taught)
        place, is_better = self._known.place, judged.is_better
        # What weights learned of names is in those that are taught from them, too.
        of_parent = any(w.names for w in list_weights(place) if w.name == self._parent)
        names = (place.options.learn.names and self._network.learns_free_text) or of_parent
        told = {"parent": self._parent, "pages": len(taught), "values": values, **asdict(judged)}
        pages = tuple(p.scan.page for p in taught)
        told["network"] = self._network.name
        weights = keep_weights(place, content, {**told, "adopted": is_better, "names": names, "learned": pages})
        with self._ledger.writing():
            detail = {**told, "weights": weights.name, "adopted": is_better}
            self._ledger.record_event(place.options.workspace.site_id, "learn", "note", detail=detail)
            if is_better:
                use_weights(self._ledger, place, weights.name, {"why": "learn", **told})
        why = "" if is_better else "values kept out of training are not read significantly better; old weights stay."
        return Learned(self._network, len(pages), values, crops, judged, weights, is_better, why)

    def _taught_key(self) -> str:
        """Hash of all training inputs besides the initial weights: a call with the same key resumes."""
        pages = (*self._split.taught, *self._split.held)
        plain = [[p.scan.sha256, p.scan.idx, p.form, list(map(list, p.values))] for p in pages]
        return work_key(LEARN_VERSION, self._network.name, plain_hash(plain), text_key(repr(self._course)))

    def _cut(self) -> Iterator[tuple[str, tuple[Chosen, ...]]]:
        """Crops of all training pages; cached ones are reused."""
        jobs = []
        for page in self._split.taught:
            kept = self._crops_of(page.scan.page)
            if kept.is_file():
                yield page.scan.page, read_crops(kept)
            else:
                jobs.append(self._crop_job(page))
        self._progress.start("cut", len(jobs))
        limit_s = patience_s(self._known.place.options.read.seconds_per_page)
        for job, found in run_jobs(cut_page, jobs, self._known.workers, lambda _: (), limit_s):
            write_crops(self._crops_of(job.page), found)
            self._progress.advance(failed=not found)
            yield job.page, found

    def _crops_of(self, page: str) -> Path:
        return self._folder / "pages" / f"{text_key(page)}.npz"

    def _crop_job(self, page: AcceptedPage) -> CropJob:
        path, _ = original_of(self._ledger, self._known, page)
        settings = replace(self._known.read_settings(page.scan.language), weights=())
        return CropJob(
            page.scan.page,
            path,
            page.scan.idx,
            page.values,
            settings,
            self._known.lexica,
            self._parent_file,
            self._network.name,
        )

    def _teach(self, samples: Sequence[TextStrip], turn: int) -> bytes:
        """Weights of one turn; cached ones are reused."""
        done, state = self._folder / f"turn{turn}.onnx", self._folder / f"turn{turn}.npz"
        if done.is_file():
            return done.read_bytes()
        mixture = Mixture(tuple(samples), self._network.strips(), load_network(self._parent_file).characters)
        parent, course = content_to_teach(self._network, self._parent_file), self._course or choose_course(len(samples))
        pupil = Pupil(parent, mixture, course)
        if state.is_file():
            pupil.take_up(state)
        self._progress.start(f"learn {self._network.name}, {turn + 1} of {TURNS}", course.steps - pupil.done)
        for _ in pupil.steps():
            self._progress.advance()
            if pupil.done % _SAVED_EVERY == 0:
                pupil.keep(state)
        # Half the way: what was learned is kept mostly, what was known before nearly all (Wortsman and others, "Robust
        # fine-tuning of zero-shot models", 2022).
        taught = mean_of((parent, pupil.content()))
        write_file(done, taught)
        return taught


@dataclass(frozen=True, slots=True)
class Learned:
    """Result of training a network. why: reason in words if the weights were not adopted."""

    network: TaughtNetwork
    pages: int
    values: int
    crops: int
    judged: HeldBack
    weights: OwnWeights
    adopted: bool
    why: str = ""

    def lines(self) -> list[str]:
        """For people."""
        j = self.judged
        said = [
            f"{self.network.title}: learned from {self.values} values of {self.pages} pages ({self.crops} crops).",
            f"Of {j.held} values not used for training, {j.before} were read right before, {j.after} now "
            f"({j.better} better, {j.worse} worse; by chance alone with a probability of {j.chance:.3f}).",
        ]
        return [*said, f"Adopted: {self.weights.name}." if self.adopted else f"Not adopted: {self.why}"]

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        j = self.judged
        return {
            "network": self.network.name,
            "pages": self.pages, "values": self.values, "crops": self.crops, "held": j.held, "before": j.before,
            "after": j.after, "better": j.better, "worse": j.worse, "chance": round(j.chance, 6),
            "weights": self.weights.name, "adopted": self.adopted, "why": self.why,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LearnedAll:
    """Results for all networks. left: reasons for those not trained, in words."""

    parts: tuple[Learned, ...]
    left: tuple[str, ...]

    @property
    def is_adopted(self) -> bool:
        """Whether anything is read with new weights."""
        return any(part.adopted for part in self.parts)

    def lines(self) -> list[str]:
        """For people."""
        return [line for part in self.parts for line in part.lines()] + [*self.left]

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {"networks": [part.as_plain() for part in self.parts], "left": [*self.left], "adopted": self.is_adopted}
