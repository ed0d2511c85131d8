"""The available services: each file in kinds/ is one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module, resources

from digitize.errors import OptionsError
from digitize.services.kind import RecordService
from mappers.toml import did_you_mean

_KINDS = "digitize.services.kinds"


@cache
def load_services() -> Mapping[str, RecordService]:
    """Services by name, in alphabetical order; found by scanning the folder."""
    files = (p.name for p in resources.files(_KINDS).iterdir())
    names = sorted(n.removesuffix(".py") for n in files if n.endswith(".py") and not n.startswith("_"))
    found = [import_module(f"{_KINDS}.{n}").SERVICE for n in names]
    return {service.name: service for service in sorted(found, key=lambda s: s.name)}


def find_service(name: str) -> RecordService:
    """The service with a name. Raises OptionsError if there is none."""
    services = load_services()
    if name not in services:
        raise OptionsError(f"There is no service with that name{did_you_mean(name, services)}.")
    return services[name]
