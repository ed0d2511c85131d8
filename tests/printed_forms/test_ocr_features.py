import io

import cv2
import numpy as np
import pytest

from ocr.errors import FormError
from ocr.geometry.features import build_features, key_points, load, save

LABELS = (
    "FIRST INFORMATION REPORT",
    "1. District",
    "2. Station",
    "3. Entry No.",
    "4. Occurrence",
    "5. Address",
    "6. Name",
)


def blank_print() -> np.ndarray:
    page = np.full((900, 640), 255, np.uint8)
    for i, label in enumerate(LABELS):
        cv2.putText(page, label, (40, 80 + 110 * i), cv2.FONT_HERSHEY_DUPLEX, 0.8, 0, 1, cv2.LINE_AA)
        cv2.line(page, (260, 120 + 110 * i), (600, 120 + 110 * i), 0, 1)
    return page


def filled(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    page = blank_print()
    for i in range(len(LABELS)):
        text = "".join(rng.choice(list("abdegkmqrswxyz0123456789"), 9))
        at = (270 + int(rng.integers(0, 40)), 112 + 110 * i - int(rng.integers(0, 12)))
        cv2.putText(page, text, at, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 0.9, 40, 2, cv2.LINE_AA)
    noise = rng.normal(0, 4, page.shape)
    return np.clip(page + noise, 0, 255).astype(np.uint8)


def test_no_key_point_lies_in_a_zone():
    zone = (30, 40, 330, 300)
    found = build_features([blank_print()], [zone])
    x, y = found.points.T
    assert found.size > 100
    assert not ((x >= zone[0]) & (x < zone[2]) & (y >= zone[1]) & (y < zone[3])).any()


def test_many_filled_pages_leave_the_print_and_no_hand():
    found = build_features([filled(i) for i in range(8)], [])
    on_print = cv2.dilate((blank_print() < 200).astype(np.uint8), np.ones((15, 15), np.uint8))
    x, y = np.rint(found.points).astype(int).T
    assert found.size > 100
    assert on_print[y, x].mean() > 0.98


def test_two_pages_are_refused_since_they_cannot_show_what_recurs():
    with pytest.raises(ValueError, match="three filled pages"):
        build_features([filled(1), filled(2)], [])


def test_a_blank_or_tiny_page_has_no_key_points():
    assert key_points(np.full((800, 600), 255, np.uint8)).size == 0
    assert key_points(np.zeros((1, 1), np.uint8)).size == 0


def test_places_do_not_depend_on_resolution():
    page = blank_print()
    large = cv2.resize(page, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    a, b = key_points(page).points, (key_points(large).points + 0.5) / 3 - 0.5
    nearest = np.linalg.norm(a[:, None] - b[None], axis=2).min(1)
    assert np.median(nearest) < 0.5


def test_saved_key_points_come_back(tmp_path):
    found = build_features([blank_print()], [], limit=200)
    path = tmp_path / "a.npz"
    save(found, path)
    with path.open("rb") as file:
        again = load(file, "a.npz")
    assert found.size == again.size == 200
    assert np.abs(found.points - again.points).max() <= 1 / 16 + 1e-6
    assert (found.descriptors == again.descriptors).all()
    assert path.stat().st_size < 150_000


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_a_broken_file_is_named(content):
    with pytest.raises(FormError, match=r"x\.npz"):
        load(io.BytesIO(content), "x.npz")


def test_a_form_is_trained_from_filled_pages_and_twice_the_same(tmp_path, capsys):
    from training.forms import main

    (tmp_path / "invented.toml").write_text(
        'format = 1\nid = "invented"\nfamily = "invented"\ntitle = "Invented"\nlanguages = ["en"]\n'
        'width = 640\nheight = 900\nfeatures = "invented.npz"\n[[zone]]\nid = "name"\nbox = [255, 60, 610, 125]\n'
    )
    pages = []
    for i in range(4):
        turn = cv2.getRotationMatrix2D((320, 450), 2.0 * i, 1.0)
        pages.append(tmp_path / f"{i}.png")
        cv2.imwrite(str(pages[-1]), cv2.warpAffine(filled(i), turn, (640, 900), borderValue=(255,)))
    arguments = [str(tmp_path / "invented.toml"), *map(str, pages)]
    main(arguments)
    first = (tmp_path / "invented.npz").read_bytes()
    main(arguments)
    assert (tmp_path / "invented.npz").read_bytes() == first
    assert "4 of 4 pages" in capsys.readouterr().out
    with (tmp_path / "invented.npz").open("rb") as file:
        found = load(file, "invented.npz")
    x, y = found.points.T
    assert found.size > 80 and not ((x >= 255) & (x < 610) & (y >= 60) & (y < 125)).any()
