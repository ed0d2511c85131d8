"""Result of a load, as numbers and for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from digitize.machine.command_line import format_command
from digitize.machine.text import pluralize
from digitize.targets.base import Receipt

MOST_NAMED = 5
COUNTS = ("read", "inserted", "updated", "unchanged", "rejected", "held", "withdrawn")


@dataclass(frozen=True, slots=True)
class LoadWords:
    """Words of the command line that printed commands repeat.

    target: name the target, for any command. source: name source, settings and target, as `digitize reconcile` takes
    them; () where it cannot compare that target.
    """

    target: tuple[str, ...] = ("--target", "...")
    source: tuple[str, ...] = ("PATH...", "--target", "...")


def format_waiting(batches: Sequence[str]) -> str:
    """For people: batches that were not loaded because they are not up to date."""
    more = f" and {len(batches) - MOST_NAMED} more" if len(batches) > MOST_NAMED else ""
    many = pluralize(len(batches), "batch waits", "batches wait")
    return (
        f"{many}: {', '.join(batches[:MOST_NAMED])}{more}. Records in them must be mapped or checked again before they "
        "are loaded. Run: digitize run DIR"
    )


def _name_comparison(words: LoadWords) -> list[str]:
    """For people: what was not looked at where nothing was to be done."""
    if not words.source:
        return []
    compare = format_command("reconcile", *words.source)
    return [f"Only its load history was compared, not the tables as they are now. To compare these: {compare}"]


@dataclass
class LoadResult:
    """Result of a load. repeated: the same files were completely loaded before, and nothing was done.

    receipts: of all batches, including those committed by an earlier call. waits: for files loaded before, unsettled
    records in the quarantine today; None if unknown. waiting: workspace batches not loaded because records must first
    be mapped or checked again.
    """

    target: str
    form: str
    receipts: list[Receipt] = field(default_factory=list)
    repeated: bool = False
    dry_run: bool = False
    waits: int | None = None
    waiting: list[str] = field(default_factory=list)

    @property
    def earlier_receipts(self) -> list[Receipt]:
        """Receipts of batches committed by an earlier call, which were recognised and not repeated."""
        return [r for r in self.receipts if r.repeated]

    def total(self, name: str) -> int:
        """Sum of one count over this call."""
        return sum(int(getattr(r, name)) for r in self.receipts if not r.repeated)

    def total_before(self, name: str) -> int:
        """Sum of one count over what an earlier call committed."""
        return sum(int(getattr(r, name)) for r in self.earlier_receipts)

    @property
    def refused_count(self) -> int:
        """Records that were not loaded and wait in the quarantine, whichever call refused them."""
        return sum(r.rejected + r.held for r in self.receipts)

    @property
    def is_nothing(self) -> bool:
        """Whether records were read, now or before, and all of them were refused."""
        standing = ("inserted", "updated", "unchanged")
        return bool(self.refused_count) and not any(self.total(n) + self.total_before(n) for n in standing)

    def as_plain(self) -> dict[str, object]:
        """The outcome as JSON types."""
        counts: dict[str, object] = {name: self.total(name) for name in COUNTS}
        counts["before"] = {name: self.total_before(name) for name in COUNTS}
        about = {"target": self.target, "form": self.form, "repeated": self.repeated, "dry_run": self.dry_run}
        about |= {"waits": self.waits} if self.waits is not None else {}
        about |= {"waiting": self.waiting} if self.waiting else {}
        return {**about, **counts, "receipts": [asdict(r) for r in self.receipts]}

    def lines(self, words: LoadWords = LoadWords()) -> list[str]:  # noqa: B008 - frozen
        """The outcome for people. words: of the commands that it names."""
        if self.waiting and not self.receipts:
            return [format_waiting(self.waiting)]
        if self.repeated:
            first = f"Nothing to do: {self.target} has all of this already."
            return [first, *self._format_earlier(words), *_name_comparison(words)]
        did = "Would load" if self.dry_run else "Loaded"
        did += " none of" if self.is_nothing else ""
        n = {name: self.total(name) for name in COUNTS}
        done = len(self.receipts) - len(self.earlier_receipts)
        lines = [
            f"{did} {pluralize(n['read'], 'record')} in {pluralize(done, 'batch')} "
            f"into {self.target}: "
            f"{n['inserted']} new, "
            f"{n['updated']} changed, {n['unchanged']} as before, {n['rejected']} rejected, {n['held']} held for "
            f"review, {n['withdrawn']} withdrawn."
        ]
        if self.waiting:
            lines.append(format_waiting(self.waiting))
        if self.earlier_receipts:
            read = self.total_before("read")
            lines.append(
                f"{pluralize(read, 'record')} in {pluralize(len(self.earlier_receipts), 'batch')} were committed by "
                f"an earlier load of these files: "
                f"{self.total_before('inserted')} new. Total: {pluralize(n['read'] + read, 'record')}."
            )
        if self.refused_count and not self.dry_run:
            waiting = format_command("quarantine", "list", *words.target)
            lines.append(f"Refused records are in the quarantine: {waiting}")
        if flags := self.total("flags"):
            see = format_command("quarantine", "flags", *words.target)
            lines.append(f"Flags on loaded records: {pluralize(flags, 'note')} of the rules. See: {see}")
        return lines

    def _format_earlier(self, words: LoadWords) -> list[str]:
        """Result of the earlier load of these files."""
        where = format_command("quarantine", "list", *words.target)
        n = {name: self.total_before(name) for name in COUNTS}
        if not n["read"]:
            return [f"Records refused then, if any: {where}"]
        into = f"{n['inserted']} new, {n['updated']} changed, {n['unchanged']} as before"
        said = (
            f"{pluralize(n['read'], 'record was', 'records were')} read then: "
            f"{'none was loaded' if self.is_nothing else into}, {n['rejected']} rejected, {n['held']} held for review."
        )
        if not self.refused_count:
            return [said]
        if self.waits == 0:
            return [said, "None of them is in the quarantine any more."]
        many = (
            "The refused records wait" if self.waits is None else pluralize(self.waits, "of them waits", "of them wait")
        )
        replay = format_command("quarantine", "replay", *words.target)
        return [said, f"{many} in the quarantine: {where}. To load corrected records: {replay}"]
