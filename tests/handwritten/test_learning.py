"""Teaching the last layers: the loss by counting alignments, gradients by differences, the same layers as the file's."""

from itertools import product

import numpy as np
import pytest

from ocr.decoding.ctc import likelihood
from ocr.learning import teach
from ocr.learning.ctc_loss import ctc_loss, log_softmax
from ocr.learning.strips import DrawnStrips, Mixture, TextStrip
from ocr.learning.tail import BESIDE, INSIDE, NAMES, Seen, forward
from ocr.learning.teach import Course, Pupil, mean_of
from ocr.models.onnx_file import numbers_in, with_numbers, with_outputs
from ocr.models.running import content_of, load_content, load_network

WEIGHTS = "eng_fields.onnx"


@pytest.fixture(scope="module")
def content():
    return content_of(WEIGHTS)


@pytest.fixture(scope="module")
def numbers(content):
    return numbers_in(content, NAMES)


def logits_of(*sizes, classes=5, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 2, (size, classes)).astype(np.float32) for size in sizes]


def said(path):
    return [c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c)]


def test_the_loss_is_that_of_all_alignments():
    (logits,) = logits_of(5, classes=3)
    logs = log_softmax(logits)
    for text in ([], [1], [1, 1], [1, 2, 1], [2, 2]):
        ways = (p for p in product(range(3), repeat=5) if said(p) == text)
        counted = np.logaddexp.reduce([sum(logs[f, c] for f, c in enumerate(p)) for p in ways])
        assert ctc_loss([logits], [text]).each[0] == pytest.approx(-counted, abs=1e-4)


def test_lines_of_a_batch_do_not_change_each_other():
    logits, texts = logits_of(9, 4, 12), [[1, 1, 2], [3], [4, 3, 2, 1]]
    together = ctc_loss(logits, texts)
    for at, (one, text) in enumerate(zip(logits, texts, strict=True)):
        alone = ctc_loss([one], [text])
        assert together.each[at] == pytest.approx(alone.each[0])
        assert together.each[at] == pytest.approx(-likelihood(log_softmax(one), text), abs=1e-3)
        np.testing.assert_allclose(together.gradients[at], alone.gradients[0], atol=1e-5)
        # Shares of the classes sum to 1 whatever they are: so no frame's gradient has a sum.
        np.testing.assert_allclose(together.gradients[at].sum(1), 0, atol=1e-4)


def test_a_text_without_room_teaches_nothing():
    loss = ctc_loss(logits_of(3), [[1, 1, 2]])
    assert loss.each[0] == 0 and not loss.gradients[0].any()


def test_the_layers_say_what_the_file_says(content, numbers):
    strip = np.random.default_rng(1).integers(0, 255, (48, 96), np.uint8)
    session = load_content(with_outputs(content, (INSIDE, BESIDE)))
    grey = np.repeat((strip.astype(np.float32) / 127.5 - 1)[None, None], 3, axis=1)
    inside, beside = session.run([INSIDE, BESIDE], {"x": grey})
    seen = Seen(inside[0], np.ascontiguousarray(beside[0, :, 0].T))
    by_file = load_network(WEIGHTS).matrix(strip)
    ours = log_softmax(forward(numbers, [seen]).logits)
    np.testing.assert_allclose(np.exp(ours), np.exp(by_file), atol=1e-4)


def test_gradients_are_those_of_small_differences(numbers):
    rng = np.random.default_rng(2)
    exact = {name: value.astype(np.float64) for name, value in numbers.items()}
    lines = [Seen(rng.normal(0, 1, (size, 120)), rng.normal(0, 1, (size, 120))) for size in (7, 4)]
    texts = [[3, 3, 4], [5]]

    def loss(of):
        step = forward(of, lines)
        return step, ctc_loss(np.split(step.logits, [7]), texts)

    step, found = loss(exact)
    gradients = step.back(np.concatenate(found.gradients))
    assert set(gradients) == set(NAMES)
    for name in NAMES[::3]:
        place = tuple(rng.integers(0, size) for size in exact[name].shape)
        moved = []
        for by in (1e-3, -1e-3):
            other = exact[name].copy()
            other[place] += by
            moved.append(loss({**exact, name: other})[1].each.sum())
        assert gradients[name][place] == pytest.approx((moved[0] - moved[1]) / 2e-3, abs=3e-3, rel=0.02)


def test_numbers_of_a_file_are_replaced_and_the_rest_stays(content, numbers):
    again = with_numbers(content, numbers)
    assert numbers_in(again, NAMES).keys() == numbers.keys()
    assert len(again) == len(content)
    changed = {"linear_8.b_0": numbers["linear_8.b_0"] + 1}
    np.testing.assert_array_equal(numbers_in(with_numbers(content, changed), NAMES)["linear_8.b_0"], *changed.values())
    with pytest.raises(ValueError, match="another network"):
        numbers_in(content, ["no_such"])
    with pytest.raises(ValueError, match="shape"):
        with_numbers(content, {"linear_8.b_0": np.zeros(3, np.float32)})
    for broken in (content[:1000], b"", b"\x00\xff" * 40):
        with pytest.raises(ValueError, match="ONNX"):
            numbers_in(broken, NAMES)


def test_teaching_that_was_broken_off_goes_on_as_if_nothing_had_been(content, tmp_path, monkeypatch):
    monkeypatch.setattr(teach, "_BATCHES", 2)
    rng = np.random.default_rng(3)
    some = tuple(
        TextStrip(rng.integers(0, 255, (60, 110), np.uint8), text, ((0.0, 1.0, 1.0), (0.0, 0.8, 1.0)), "digits")
        for text in ("17", "408")
    )
    mixture = Mixture(some, DrawnStrips.of_package(), load_network(WEIGHTS).characters)
    course = Course(steps=4, batch=1)
    whole = Pupil(content, mixture, course)
    losses = list(whole.steps())
    assert len(losses) == 4 and all(np.isfinite(losses))
    first = Pupil(content, mixture, course)
    for _ in range(2):
        next(iter(first.steps()))
    first.keep(tmp_path / "state.npz")
    second = Pupil(content, mixture, course)
    second.take_up(tmp_path / "state.npz")
    assert list(second.steps()) == losses[2:]
    assert second.content() == whole.content() != content


def test_drawn_strips_are_whole_and_the_same_for_the_same_chance():
    drawn = DrawnStrips.of_package()
    assert len(drawn.texts) >= 500
    first, again = (drawn.strip(7, np.random.default_rng(1)) for _ in range(2))
    assert first.shape[0] == 48 and (first == again).all()


def test_the_mean_of_weights_lies_between_them(content, numbers):
    up, down = ({name: value + by for name, value in numbers.items()} for by in (0.25, -0.25))
    mean = numbers_in(mean_of([with_numbers(content, up), with_numbers(content, down)]), NAMES)
    assert all(np.allclose(mean[name], value, atol=1e-5) for name, value in numbers.items())
