"""One frozen Options model: flags over environment over `digitize.toml` over defaults."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from digitize.errors import OptionsError
from digitize.workspace.calibration.values import Terms
from mappers.states import CaptureFile

PREFIX = "DIGITIZE_"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Workspace(_Part):
    """Identity of the workspace. state: a code such as "wb". site: district or office, "" for the whole state.

    ledger: URL of a PostgreSQL database without a password, "" for the file ledger.sqlite; ledger_schema: of its tables
    there, if not derived from site_id (docs/ledger.md).
    """

    format: int = 1
    state: str
    site: str = ""
    site_id: str
    ledger: str = ""
    ledger_schema: str = Field(default="", pattern=r"^([a-z_][a-z0-9_]{0,62})?$")

    @field_validator("ledger")
    @classmethod
    def _is_address(cls, ledger: str) -> str:
        """It is shown and recorded; a password in it would be as well."""
        from digitize.targets.postgres.address import is_address, refuse_password

        if ledger and not is_address(ledger):
            raise ValueError("this is not a PostgreSQL URL: postgresql://USER@HOST:PORT/DATABASE")
        try:
            refuse_password(ledger)
        except OptionsError as e:
            raise ValueError(str(e)) from None
        return ledger


class ReadOptions(_Part):
    """How scans are read. handwriting_engine: "auto" for our own, else ppocr, else "none". native_digits: "own" for the
    package's weights, "none", or a weights file, relative to digitize.toml or absolute.

    seconds_per_page: processor time limit per page.
    """

    dpi: int = Field(default=300, ge=72, le=1200)
    engine: str = "tesseract"
    handwriting_engine: str = "auto"
    native_digits: str = "own"
    seconds_per_page: float = Field(default=180.0, gt=0)


class Running(_Part):
    """Parallelism and stop conditions. max_failed_share: checked after 50 pages; 1 never stops."""

    jobs: int = Field(default=0, ge=0)
    max_failed_share: float = Field(default=0.10, ge=0, le=1)
    line_every: int = Field(default=20, ge=1)


class Loading(_Part):
    """Target of records. target: a path in the workspace, an absolute one, or the URL of a PostgreSQL database without
    a password. layout: a state's own tables to fill in addition to the canonical ones. schema_name: of the tables in
    PostgreSQL; lock_seconds, statement_seconds: timeouts there.
    """

    target: str = "loaded/cctns.sqlite"
    layout: str = ""
    schema_name: str = "cctns"
    lock_seconds: float = Field(default=60.0, gt=0)
    statement_seconds: float = Field(default=1800.0, gt=0)

    @field_validator("target")
    @classmethod
    def _may_be_shown(cls, target: str) -> str:
        """The target is shown and recorded; a password in it would be as well."""
        from digitize.targets.open import check_target_text

        try:
            check_target_text(target)
        except OptionsError as e:
            raise ValueError(str(e)) from None
        return target


class Storing(_Part):
    """Shared scan store. url: file:///folder or s3://bucket/prefix; endpoint: of an S3 store other than Amazon's.

    Keys and passwords come only from the environment.
    """

    url: str = ""
    endpoint: str = ""

    @field_validator("url")
    @classmethod
    def _may_be_shown(cls, url: str) -> str:
        from digitize.machine.cluster.store import check_url

        try:
            return check_url(url) if url else ""
        except OptionsError as e:
            raise ValueError(str(e)) from None


class Learning(_Part):
    """What `digitize learn` may learn from. names: also free text, which contains names of persons.

    at: hour of the night at which `digitize watch` learns, e.g. "01:00" local time; "" never.
    """

    names: bool = False
    at: str = Field(default="", pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")


class Retention(_Part):
    """Years to keep a batch after its newest load (docs/operations.md). None: never purged.

    originals_years: files as delivered. personal_years: all personal data, including originals.
    """

    originals_years: int | None = Field(default=None, ge=1)
    personal_years: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _originals_go_first(self) -> Retention:
        """Originals may not outlive the personal data, since they show the same values."""
        if self.originals_years and self.personal_years and self.personal_years < self.originals_years:
            raise ValueError("personal_years is less than originals_years, but the originals show the same")
        return self


class Access(_Part):
    """Who may read the workspace besides its owner. group: of the machine's accounts, "" for nobody."""

    group: str = ""


class Checking(_Part):
    """How records are checked.

    profile: older place of [capture] profile; "" if unset. policy: actions of rules: a file of the workspace's folder
    policy/, or a policy of the package, by name. years: agreed for the import, e.g. "2001-2010".
    """

    policy: str = "default"
    years: str = Field(default="", pattern=r"^([0-9]{4}-[0-9]{4})?$")
    profile: Literal["", "full", "core", "register-only", "index-only"] = ""


class Calibrating(_Part):
    """Guarantee for values that pass without review, and its measurement (docs/calibration.md).

    by_itself: a run begins to measure, without the command. right: minimum correct share; certainty: of that.
    audit_share: of passed values, asked permanently. first_pages: of every book, asked completely. pages_at_once: per
    sheet while nothing passes yet. together: fields without their own threshold may pass by one proved for all fields
    of the form.
    """

    by_itself: bool = True
    right: float = Field(default=0.99, ge=0.5, le=0.9999)
    certainty: float = Field(default=0.95, ge=0.5, le=0.9999)
    audit_share: float = Field(default=0.02, ge=0.001, le=1)
    first_pages: int = Field(default=10, ge=0)
    pages_at_once: int = Field(default=50, ge=1)
    together: bool = True

    @property
    def terms(self) -> Terms:
        """What is promised of values that pass."""
        return Terms(self.right, self.certainty, self.together)


class Serving(_Part):
    """Additional input of services. station_places: station list with coordinates, a path in the workspace or an
    absolute one (docs/services.md).
    """

    station_places: str = "lists/station_places.csv"


KeyMode = Literal["single", "verify", "blind"]
"""How often a field is keyed: once; twice, the second seeing the first; twice, neither seeing the other."""


class Reviewing(_Part):
    """How answers are taken at the station, and their required quality (docs/station.md).

    double: field, "FORM:field" or "*" -> number of independent keyings. sample_share: of single keyings, checked by a
    second person; known_share: of questions with a known answer. least_right: correct share of a batch's answers
    required for sign-off; certainty: of the intervals shown. idle_minutes: session timeout. at_once: number of
    questions held ready.
    """

    double: dict[str, KeyMode] = {}
    sample_share: float = Field(default=0.03, ge=0, le=1)
    known_share: float = Field(default=0.01, ge=0, le=1)
    least_right: float = Field(default=0.98, ge=0.5, le=0.9999)
    certainty: float = Field(default=0.95, ge=0.5, le=0.9999)
    idle_minutes: float = Field(default=30.0, ge=1, le=720)
    at_once: int = Field(default=20_000, ge=100)

    def mode(self, form: str, field: str) -> KeyMode:
        """Number of keyings of a form's field: the most specific entry wins."""
        names = (f"{form}:{field}", field, f"{form}:*", "*")
        return next((self.double[name] for name in names if name in self.double), "single")


class Options(_Part):
    """All settings of one workspace; immutable.

    capture: captured fields, overriding the state's profile. severity: rule code -> note, review or reject, overriding
    the package's policy.
    """

    workspace: Workspace
    read: ReadOptions = ReadOptions()
    run: Running = Running()
    load: Loading = Loading()
    store: Storing = Storing()
    check: Checking = Checking()
    access: Access = Access()
    calibrate: Calibrating = Calibrating()
    learn: Learning = Learning()
    review: Reviewing = Reviewing()
    retention: Retention = Retention()
    capture: CaptureFile = CaptureFile()
    services: Serving = Serving()
    severity: dict[str, str] = {}

    @field_validator("store", mode="before")
    @classmethod
    def _store_as_text(cls, store: object) -> object:
        """A store with only a URL may be given as a string: store = "s3://bucket/prefix"."""
        return {"url": store} if isinstance(store, str) else store

    @model_validator(mode="after")
    def _says_one_profile(self) -> Options:
        """Reject two contradicting profiles."""
        if self.capture.profile and self.check.profile not in ("", self.capture.profile):
            both = f"[check] profile is {self.check.profile}, [capture] profile {self.capture.profile}"
            raise ValueError(f"{both}: remove the first")
        return self


def load_options(folder: Path, flags: Mapping[str, Any] | None = None) -> Options:
    """Read a workspace's options.

    flags: "section.name" -> value, None values are ignored. Environment: DIGITIZE_RUN_JOBS for run.jobs, and so on.
    Raises OptionsError naming file and key.
    """
    path = folder / "digitize.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise OptionsError(f"{path}: not valid TOML: {e}") from e
    for section, name, value in _environment():
        data.setdefault(section, {})[name] = value
    for dotted, value in (flags or {}).items():
        # None is an option that was not given; 0 and "" were.
        if value is not None:
            section, _, name = dotted.partition(".")
            data.setdefault(section, {})[name] = value
    try:
        return Options.model_validate(data)
    except ValidationError as e:
        first = e.errors()[0]
        raise OptionsError(f"{path}: {'.'.join(str(x) for x in first['loc'])}: {first['msg']}") from e


def _environment() -> list[tuple[str, str, str]]:
    found = []
    # Not [workspace], whose id stands in every page's id, and not [severity], whose keys are codes of rules.
    sections: dict[str, type[BaseModel]] = {
        "read": ReadOptions, "run": Running, "load": Loading, "store": Storing, "check": Checking,
        "calibrate": Calibrating, "review": Reviewing,
        "capture": CaptureFile,
    }  # fmt: skip
    for section, model in sections.items():
        for name in model.model_fields:
            value = os.environ.get(f"{PREFIX}{section}_{name}".upper())
            if value is not None:
                found.append((section, name, value))
    return found
