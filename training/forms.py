"""Learn the key points of a printed form and write them beside its form file.

    python training/forms.py ocr/forms/iif1_en.toml blank.png            one clean blank print in the reference frame
    python training/forms.py ocr/forms/wbp_27_a1.toml pages/*.jpg        many filled pages, however they lie

With many pages the first lies in the reference frame: it says where the form file's zones are measured. The others are
registered to it, what recurs is kept, and the pages are registered again to that, until the print settles. Only places
and descriptions of corners of the printed text are written: no picture, nothing from a zone, nothing a person wrote.
The same pages in the same order give the same file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ocr.engine import Image
from ocr.forms.form import Form, load_form
from ocr.forms.zones import FormModels, find_form
from ocr.geometry.features import FormFeatures, build_features, save

ROUNDS = 3


@dataclass(frozen=True)
class Trained:
    """Key points of a form, and how many pages of those given took part."""

    features: FormFeatures
    used: int


def train(form: Form, pages: Sequence[Image]) -> Trained:
    """Learn a form from one blank print, or from many filled pages of which the first lies in the reference frame."""
    first = _framed(form, pages[0])
    if len(pages) == 1:
        return Trained(build_features([first], _zones(form)), 1)
    features = _outside_zones(form, first)
    used = 1
    for _ in range(ROUNDS):
        registered = [r for r in (register(page, form, features) for page in pages) if r is not None]
        if len(registered) < 3:
            raise SystemExit(
                f"{form.id}: only {len(registered)} of {len(pages)} pages lie on the first; three are needed"
            )
        features, used = build_features(registered, _zones(form)), len(registered)
    return Trained(features, used)


def register(grey: Image, form: Form, features: FormFeatures) -> Image | None:
    """The page laid into the form's reference frame, white around; None when it is not that form."""
    match = find_form(grey, FormModels({form.id: form}, {form.id: features}))
    if match.form is None:
        return None
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(grey, match.matrix, (form.width, form.height), flags=flags, borderValue=(255,))
    return np.asarray(laid, np.uint8)


def _zones(form: Form) -> list[tuple[int, int, int, int]]:
    return [zone.box for zone in form.zones]


def _outside_zones(form: Form, page: Image) -> FormFeatures:
    """A first guess at the print: all of the first page outside its zones, stray writing included."""
    return build_features([page], _zones(form), limit=2 * 900)


def _framed(form: Form, page: Image) -> Image:
    """The first page in the size of the reference frame; refused when its shape is another."""
    height, width = page.shape
    if abs(width / height - form.width / form.height) > 0.01:
        raise SystemExit(f"{form.id}: the first page is {width} x {height}, the frame {form.width} x {form.height}")
    return np.asarray(cv2.resize(page, (form.width, form.height), interpolation=cv2.INTER_AREA), np.uint8)


def _open(path: Path) -> Image:
    data = np.frombuffer(path.read_bytes(), np.uint8)
    page = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    if page is None:
        raise SystemExit(f"{path.name}: not an image")
    return np.asarray(page, np.uint8)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train one form and write its .npz beside the form file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("form", type=Path, help="the form file")
    parser.add_argument("images", type=Path, nargs="+", help="one blank print, or filled pages")
    given = parser.parse_args(arguments)
    cv2.setRNGSeed(1)
    cv2.setNumThreads(1)
    form = load_form(given.form)
    trained = train(form, [_open(path) for path in given.images])
    target = given.form.with_name(form.features)
    save(trained.features, target)
    size = target.stat().st_size
    share = f"{trained.used} of {len(given.images)} pages"
    print(f"{target.name}: {trained.features.size} key points from {share}, {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
