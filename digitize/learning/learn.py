"""`digitize learn`: from what people settled to weights of the office's own, taken only where they read better.

Everything stays in the workspace. What is under way is kept in a folder of it, and a new call goes on from there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from digitize.errors import InputError, MachineLacks
from digitize.learning.accepted import AcceptedPage, accepted_pages
from digitize.learning.both import original_of, read_both
from digitize.learning.crops import Chosen, CropJob, cut_page
from digitize.learning.judge import HeldBack, judge
from digitize.learning.turns import TURNS, split
from digitize.machine.pool import patience_s, run_jobs
from digitize.machine.progress import Progress
from digitize.machine.work_keys import plain_hash, text_key, work_key
from digitize.steps.measure import learned_pages
from digitize.workspace.known import Known
from digitize.workspace.known import learn as gather
from digitize.workspace.ledger import Ledger
from digitize.workspace.own_weights import (
    OwnWeights,
    chosen,
    folder_of,
    keep_weights,
    list_weights,
    name_of,
    require_whole,
    use_weights,
)
from digitize.workspace.place import Place
from ocr.engines.fields import WEIGHTS
from ocr.learning.strips import DrawnStrips, Mixture, TextStrip
from ocr.learning.teach import Course, Pupil, mean_of
from ocr.models.running import content_of, load_network

LEARN_VERSION = "2"
LEAST_PAGES = 12
_KEPT = 0.94
"""Of each kind the share of crops that is learned: where the text is least likely, the value is not on the paper."""
_SAVED_EVERY = 20
_UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of it. weights: None where nothing was taught. why: in words, where they were not adopted."""

    pages: int
    values: int
    crops: int
    judged: HeldBack
    weights: OwnWeights | None
    adopted: bool
    why: str = ""

    def lines(self) -> list[str]:
        """For people."""
        j = self.judged
        said = [
            f"Learned from {self.values} values of {self.pages} pages ({self.crops} crops).",
            f"Of {j.held} values that they were not taught {j.before} were read right before, {j.after} now "
            f"({j.better} better, {j.worse} worse; by chance alone with a probability of {j.chance:.3f}).",
        ]
        name = self.weights.name if self.weights else ""
        return [*said, f"Adopted: {name}. Run: digitize run DIR" if self.adopted else f"Not adopted: {self.why}"]

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        j = self.judged
        return {
            "pages": self.pages, "values": self.values, "crops": self.crops, "held": j.held, "before": j.before,
            "after": j.after, "better": j.better, "worse": j.worse, "chance": round(j.chance, 6),
            "weights": self.weights.name if self.weights else "", "adopted": self.adopted, "why": self.why,
        }  # fmt: skip


def learn_hands(place: Place, progress: Progress, course: Course | None = None) -> Learned:
    """Teach weights on what people settled, and take them where held-back values are read better.

    Raises InputError where too few pages were settled, MachineLacks without onnxruntime or the package's weights.
    """
    with Ledger(place.ledger) as ledger:
        known = gather(place, ledger)
        pages = accepted_pages(ledger, known, names=place.options.learn.names)
        if len(pages) < LEAST_PAGES:
            raise InputError(
                f"{len(pages)} pages of forms have settled values to learn from, {LEAST_PAGES} are needed. "
                "Answer more of the review sheet first."
            )
        work = _Work(ledger, known, pages, course or Course(), progress)
        return work.learn()


class _Work:
    """One learning, with what it needs."""

    def __init__(
        self, ledger: Ledger, known: Known, pages: Sequence[AcceptedPage], course: Course, progress: Progress
    ) -> None:
        self._ledger, self._known, self._course, self._progress = ledger, known, course, progress
        self._split = split(pages)
        self._parent = chosen(ledger)
        self._seen = learned_pages(known.place, self._parent)
        if known.weights is not None:
            require_whole(known.weights)
        self._parent_file: Path | str = known.weights or WEIGHTS
        self._folder = folder_of(known.place) / _UNFINISHED

    def learn(self) -> Learned:
        key = self._key()
        if _said(self._folder / "key") != key:
            shutil.rmtree(self._folder, ignore_errors=True)
        (self._folder / "pages").mkdir(parents=True, exist_ok=True)
        (self._folder / "key").write_text(key, encoding="utf-8")
        crops = dict(self._cut())
        if not any(one.sample.text for some in crops.values() for one in some):
            raise InputError("No crop of a settled value was found. Are the originals there? See: digitize fixity")
        contents, pairs = [], []
        for number, turn in enumerate(self._split.turns):
            samples = likely([one for page in turn.taught for one in crops[page.scan.page]])
            contents.append(self._teach(samples, number))
            pairs += self._judged(contents[-1], turn.judging, f"turn{number}")
        content = mean_of(contents)
        pairs += self._judged(content, self._split.held, "held")
        learned = self._keep(content, sum(map(len, crops.values())), judge(pairs))
        # What is known of it is no more than the weights: pictures of values are not kept a second time.
        shutil.rmtree(self._folder, ignore_errors=True)
        return learned

    def _judged(self, content: bytes, pages: Sequence[AcceptedPage], name: str) -> list[tuple[bool, bool]]:
        """Of the values of pages whether the weights in use and these read them right; kept, not read twice."""
        kept = self._folder / f"{name}.json"
        # What the weights in use were taught themselves says nothing of what is learned now.
        pages = [page for page in pages if page.scan.page not in self._seen]
        if not kept.is_file():
            # Named by content: what is read is kept for a run under the name of the weights.
            file = self._folder / f"{name_of(content)}.onnx"
            file.write_bytes(content)
            pairs = list(read_both(self._ledger, self._known, pages, file, self._progress))
            _write(kept, json.dumps(pairs).encode("ascii"))
        return [(bool(old), bool(new)) for old, new in json.loads(kept.read_text(encoding="ascii"))]

    def _keep(self, content: bytes, crops: int, judged: HeldBack) -> Learned:
        """Keep the weights, and read with them where they read better; what was measured is part of the history."""
        taught = self._split.taught
        values = sum(len(p.values) for p in taught)
        place, is_better = self._known.place, judged.is_better
        # What weights learned of names is in those that are taught from them, too.
        names = place.options.learn.names or any(w.names for w in list_weights(place) if w.name == self._parent)
        told = {"parent": self._parent, "pages": len(taught), "values": values, **asdict(judged)}
        pages = tuple(p.scan.page for p in taught)
        weights = keep_weights(place, content, {**told, "adopted": is_better, "names": names, "learned": pages})
        with self._ledger.writing():
            detail = {**told, "weights": weights.name, "adopted": is_better}
            self._ledger.record_event(place.options.workspace.site_id, "learn", "note", detail=detail)
            if is_better:
                use_weights(self._ledger, place, weights.name, {"why": "learn", **told})
        why = "" if is_better else "values that were not taught are not read surely better; the former weights stay."
        return Learned(len(pages), values, crops, judged, weights, is_better, why)

    def _key(self) -> str:
        """What learning depends on: another call with the same goes on where this one ended."""
        pages = (*self._split.taught, *self._split.held)
        plain = [[p.scan.sha256, p.scan.idx, p.form, list(map(list, p.values))] for p in pages]
        return work_key(LEARN_VERSION, self._parent, plain_hash(plain), text_key(repr(self._course)))

    def _cut(self) -> Iterator[tuple[str, tuple[Chosen, ...]]]:
        """The crops of all pages that are taught; those cut before are taken as they were kept."""
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
        settings = replace(self._known.read_settings(page.scan.language), weights=None)
        return CropJob(
            page.scan.page, path, page.scan.idx, page.values, settings, self._known.lexica, self._parent_file
        )

    def _teach(self, samples: Sequence[TextStrip], turn: int) -> bytes:
        """The weights of a turn; those taught before a break are taken as they were kept."""
        done, state = self._folder / f"turn{turn}.onnx", self._folder / f"turn{turn}.npz"
        if done.is_file():
            return done.read_bytes()
        content = content_of(self._parent_file)
        drawn = DrawnStrips.of_package()
        if drawn is None:
            raise MachineLacks("ocr/models/eng_fields_drawn.npz is not there. Install the toolkit again.")
        mixture = Mixture(tuple(samples), drawn, load_network(self._parent_file).characters)
        pupil = Pupil(content, mixture, self._course)
        if state.is_file():
            pupil.take_up(state)
        self._progress.start(f"learn {turn + 1} of {TURNS}", self._course.steps - pupil.done)
        for _ in pupil.steps():
            self._progress.advance()
            if pupil.done % _SAVED_EVERY == 0:
                pupil.keep(state)
        taught = pupil.content()
        _write(done, taught)
        return taught


def likely(found: Sequence[Chosen]) -> list[TextStrip]:
    """The samples without those of each kind whose text is least likely on its crop."""
    losses: dict[str, list[float]] = {}
    for one in found:
        if one.sample.text:
            losses.setdefault(one.sample.kind, []).append(one.loss)
    most = {kind: float(np.quantile(some, _KEPT)) for kind, some in losses.items()}
    return [one.sample for one in found if not one.sample.text or one.loss <= most[one.sample.kind]]


def write_crops(path: Path, found: Sequence[Chosen]) -> None:
    """Keep the crops of a page."""
    told = [[c.sample.text, [list(p) for p in c.sample.passes], c.sample.kind, c.loss] for c in found]
    images: Any = {f"i{n}": c.sample.image for n, c in enumerate(found)}
    content = BytesIO()
    np.savez(content, told=np.array(json.dumps(told)), **images)
    _write(path, content.getvalue())


def read_crops(path: Path) -> tuple[Chosen, ...]:
    """What write_crops kept."""
    with np.load(path, allow_pickle=False) as f:
        return tuple(
            Chosen(TextStrip(f[f"i{n}"], text, tuple((a, b, c) for a, b, c in passes), kind), loss)
            for n, (text, passes, kind, loss) in enumerate(json.loads(str(f["told"])))
        )


def _write(path: Path, content: bytes) -> None:
    """Write a file; a broken write leaves none."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def _said(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
