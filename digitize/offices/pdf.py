"""A page as PDF, printed by the Chromium of this machine: nothing is drawn twice, so PDF and page cannot differ."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from digitize.errors import InputError, MachineLacks
from digitize.machine import system

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge", "chrome")
_SECONDS = 180


def find_browser() -> str | None:
    """The Chromium, Chrome or Edge of this machine."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def print_pdf(page: Path, target: Path) -> None:
    """Print an HTML file, which makes no request.

    Raises MachineLacks when there is no browser, InputError when it does not print.
    """
    browser = find_browser()
    if browser is None:
        raise MachineLacks(
            "A PDF needs Chromium, which is not installed: apt-get install chromium, or open the HTML "
            "file in any browser and print it on A4 landscape."
        )
    with tempfile.TemporaryDirectory() as profile:
        # A profile of its own: a browser that is open would take the page over. As root Chromium needs --no-sandbox.
        command = [
            browser, "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", f"--user-data-dir={profile}", "--no-pdf-header-footer",
            "--generate-pdf-document-outline", f"--print-to-pdf={target.resolve()}", page.resolve().as_uri(),
            *(["--no-sandbox"] if system.is_root() else []),
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired as e:
            raise InputError(f"{browser} did not print within {_SECONDS} seconds. Print {page} by hand.") from e
    # Chromium may end well without having written anything.
    if done.returncode or not target.is_file():
        raise InputError(f"{browser} did not print (exit {done.returncode}). Print {page} by hand.")
