"""Only a page on which nothing at all is passes for blank."""

import cv2
import numpy as np
import pytest

from ocr.pages.bare import is_bare

H, W = 1120, 800


def paper():
    return np.random.default_rng(5).normal(230, 3, (H, W))


def inked(sheet, depth, draw):
    """The sheet darker by a share where something is drawn."""
    ink = np.zeros((H, W), np.uint8)
    draw(ink)
    return sheet * (1 - depth * ink / 255.0)


def ruled(sheet, draw=lambda ink: None):
    def lines(ink):
        for y in range(120, 1060, 40):
            cv2.line(ink, (30, y), (770, y + 3), 255, 1)
        cv2.line(ink, (100, 10), (100, 1110), 255, 1)

    return inked(inked(sheet, 0.3, lines), 0.2, draw)


def holed(sheet):
    for y in (380, 740):
        cv2.circle(sheet, (45, y), 12, 20.0, -1)
    return sheet


def shadowed(sheet):
    sheet[:, :9] *= np.linspace(0.5, 1, 9)
    sheet[:, -130:] *= np.linspace(1, 0.6, 130)
    return sheet


def edged(sheet):
    sheet[:20], sheet[:, -30:] = 12, 12
    return sheet


def written(text, at=(300, 500), size=0.8):
    return lambda ink: cv2.putText(ink, text, at, cv2.FONT_HERSHEY_SCRIPT_COMPLEX, size, 255, 1, cv2.LINE_AA)


def lined(*points):
    return lambda ink: cv2.polylines(ink, [np.array(points)], False, 255, 1, cv2.LINE_AA)


def ring(ink):
    cv2.circle(ink, (560, 840), 60, 255, 3)


def smudge(ink):
    cv2.circle(ink, (560, 840), 60, 255, -1)


def thumb(ink):
    for r in range(3, 40, 3):
        cv2.ellipse(ink, (560, 840), (r, round(1.3 * r)), 0, 0, 360, 255, 1)


def behind(ink):
    for y in range(150, 1000, 50):
        written("states that on the", (80, y), 1.2)(ink)
    ink[:] = cv2.GaussianBlur(ink[:, ::-1], (0, 0), 1.2)


def as_scan(sheet):
    return np.clip(sheet, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "wear", [lambda s: s, ruled, holed, shadowed, edged], ids=["bare", "ruled", "holed", "shadow", "edge"]
)
def test_a_page_without_anything_is_bare(wear):
    assert is_bare(as_scan(wear(paper())))


MARKS = {
    "pencil line": (0.2, lined((200, 500), (320, 504), (400, 498))),
    "line across": (0.2, lined((40, 500), (760, 502))),
    "tick": (0.2, lined((400, 500), (406, 510), (420, 485))),
    "faint word": (0.2, written("nil")),
    "figure in the corner": (0.4, written("7", (770, 40), 0.6)),
    "ring of a stamp": (0.3, ring),
    "smudge": (0.12, smudge),
    "thumb": (0.15, thumb),
    "other side": (0.15, behind),
    "cancelled": (0.25, lined((100, 1000), (700, 200))),
}


@pytest.mark.parametrize("name", MARKS)
def test_one_faint_mark_is_enough(name):
    assert not is_bare(as_scan(inked(paper(), *MARKS[name])))


def test_between_the_rules_of_ruled_paper_a_mark_counts():
    assert not is_bare(as_scan(ruled(paper(), written("nil"))))
    assert not is_bare(as_scan(ruled(paper(), lined((300, 180), (330, 180)))))


def test_what_cannot_be_told_is_not_bare():
    dark, coarse = as_scan(paper() - 170), as_scan(paper()[:300, :200])
    grainy = as_scan(np.random.default_rng(5).normal(200, 30, (H, W)))
    in_the_middle = as_scan(cv2.circle(paper(), (400, 560), 12, 20.0, -1))
    one_shade = np.full((H, W), 255, np.uint8)
    assert not any(map(is_bare, (dark, coarse, grainy, in_the_middle, one_shade)))
