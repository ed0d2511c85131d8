"""Wear that a good page may have, and the same page scanned again; every draw comes from a seeded generator."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.parts.scanqc.plant import Page, Rng, _clip, _grey, jpeg


def again(page: Page, rng: Rng) -> Page:
    """The same page laid on the glass once more: shifted, a little turned, other light, other grain."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-1, 1), rng.uniform(0.97, 1.03))
    matrix[:, 2] += rng.uniform(-0.02, 0.02, 2) * width
    rim = tuple(
        float(v)
        for v in np.atleast_1d(
            np.median(page.reshape(-1, page.shape[2]) if page.ndim == 3 else page, axis=0 if page.ndim == 3 else None)
        )
    )
    out = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=rim).astype(np.float32)
    out = out * rng.uniform(0.85, 1.05) + rng.uniform(-12, 12) + rng.normal(0, 3, page.shape)
    return jpeg(_clip(out), int(rng.integers(55, 90)))


def _skewed(page: Page, rng: Rng) -> Page:
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-2, 2), 0.97)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _bordered(page: Page, rng: Rng) -> Page:
    """On a black lid: a rim on some sides, askew."""
    height, width = page.shape[:2]
    edge = [int(rng.uniform(0, 0.05) * width) * int(rng.integers(2)) for _ in range(4)]
    tone = int(rng.integers(2, 40))
    out = cv2.copyMakeBorder(page, *edge, cv2.BORDER_CONSTANT, value=(tone,) * 3)
    height, width = out.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-1, 1), 1.0)
    return np.asarray(cv2.warpAffine(out, matrix, (width, height), borderValue=(tone,) * 3), np.uint8)


def _faint(page: Page, rng: Rng) -> Page:
    left = rng.uniform(0.45, 0.7)
    return _clip(255 - (255 - page.astype(np.float32)) * left)


def _grey_ground(page: Page, rng: Rng) -> Page:
    return _clip(page.astype(np.float32) * rng.uniform(0.5, 0.75) + rng.uniform(0, 20))


def _shaded(page: Page, rng: Rng) -> Page:
    """A photograph by a window: one side darker."""
    height, width = page.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    way = rng.uniform(0, 2 * np.pi)
    ramp = 0.5 + 0.5 * ((x / width - 0.5) * np.cos(way) + (y / height - 0.5) * np.sin(way))
    light_left = 1 - rng.uniform(0.2, 0.5) * ramp
    return _clip(page * (light_left if page.ndim == 2 else light_left[..., None]))


def _stained(page: Page, rng: Rng) -> Page:
    height, width = page.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    out = page.astype(np.float32)
    for _ in range(int(rng.integers(1, 4))):
        rx, ry = rng.uniform(0.06, 0.2, 2) * width
        bumps = cv2.resize(rng.random((12, 9)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        far = np.hypot((x - rng.uniform(0, width)) / rx, (y - rng.uniform(0, height)) / ry) + 0.5 * (bumps - 0.5)
        cover = 0.14 / (1 + np.exp((far - 1) * 25)) + 0.2 * np.exp(-(((far - 1) / 0.05) ** 2))
        tint = np.array([0.85, 0.75, 0.55], np.float32) * 255
        out = (
            out * (1 - cover) + 110 * cover
            if page.ndim == 2
            else out * (1 - cover[..., None]) + tint * 0.6 * cover[..., None]
        )
    return _clip(out)


def _bilevel(page: Page, rng: Rng) -> Page:
    grey = _grey(page)
    return np.asarray(
        cv2.adaptiveThreshold(
            grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, (grey.shape[1] // 24) | 1, 18
        ),
        np.uint8,
    )


def _ruled(page: Page, rng: Rng) -> Page:
    out, pitch = page.copy(), int(page.shape[0] / rng.uniform(26, 36))
    for y in range(int(rng.uniform(0.5, 1) * pitch), page.shape[0], pitch):
        thick = max(1, page.shape[0] // 1100)
        out[y : y + thick] = _clip(out[y : y + thick].astype(np.float32) * 0.75)
    return out


WEARS: dict[str, Callable[[Page, Rng], Page]] = {
    "as-it-is": lambda page, rng: page, "skewed": _skewed, "black-border": _bordered, "faint": _faint,
    "grey-ground": _grey_ground, "shaded": _shaded, "stained": _stained, "bilevel": _bilevel, "ruled": _ruled,
    "jpeg": lambda page, rng: jpeg(page, int(rng.integers(30, 50))),
}  # fmt: skip
"""What a good page may look like."""
