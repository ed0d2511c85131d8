from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.decoding.ctc import NEVER, TextList, fold, greedy, likelihood, posteriors, spot
from ocr.decoding.spotting import Serial

SYMBOLS = "0123456789/"
SAME = {s: {s: 1.0} for s in SYMBOLS}


def written(path: str, sure: float = 0.9) -> np.ndarray:
    """A matrix that says a path, one frame a sign; "-" is the blank."""
    classes = ["-", *SYMBOLS, "x"]
    matrix = np.full((len(path), len(classes)), (1 - sure) / (len(classes) - 1))
    for frame, sign in enumerate(path):
        matrix[frame, classes.index(sign)] = sure
    return np.log(matrix).astype(np.float32)


CHARACTERS = [*SYMBOLS, "x"]


def collapse(path: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c))


@pytest.mark.parametrize(("path", "text"), [("22-0-11-8", "2018"), ("2-22-2", "222"), ("---", ""), ("1-1", "11")])
def test_greedy_takes_out_repeats_and_blanks(path, text):
    assert greedy(written(path), CHARACTERS)[0] == text


def test_greedy_of_nothing():
    assert greedy(np.zeros((0, 13), np.float32), CHARACTERS) == ("", 0.0)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.lists(st.integers(1, 3), max_size=4))
def test_likelihood_is_the_sum_over_all_alignments(seed, frames, labels):
    matrix = np.log(np.random.default_rng(seed).dirichlet(np.ones(4), frames)).astype(np.float32)
    paths = [p for p in product(range(4), repeat=frames) if collapse(p) == tuple(labels)]
    total = sum(np.exp(sum(float(matrix[t, c]) for t, c in enumerate(p))) for p in paths)
    found = likelihood(matrix, labels)
    assert found <= NEVER / 2 if not paths else found == pytest.approx(np.log(total), abs=1e-3)


def test_a_text_longer_than_the_matrix_is_impossible():
    assert likelihood(written("12"), [1, 2, 3]) <= NEVER / 2
    assert likelihood(written("11"), [2, 2]) <= NEVER / 2


def test_spot_finds_a_text_between_a_label_and_the_next_word():
    folded = fold(written("xx-x-2-0-1-8-x-x"), CHARACTERS, SAME)
    found = spot(folded, TextList(("2017", "2018", "2019")))
    assert [s.text for s in found][0] == "2018"
    assert posteriors(found)[0] > 0.9


def test_spot_prefers_a_whole_text_to_a_part_with_the_rest_passed_over():
    found = spot(fold(written("6-2-6-/-1-8"), CHARACTERS, SAME), TextList(("6", "62", "626", "626/18", "26/18")))
    assert found[0].text == "626/18"


def test_spot_keeps_doubled_symbols_apart():
    found = spot(fold(written("1-1-22"), CHARACTERS, SAME), TextList(("12", "112", "122")))
    assert found[0].text == "112"


def test_spot_agrees_with_likelihood_when_nothing_surrounds_the_text():
    matrix = written("2-0-1-8", 0.7)
    texts = ("2018", "2019", "2010", "2088")
    exact = sorted(texts, key=lambda t: -likelihood(matrix, [SYMBOLS.index(c) + 1 for c in t]))
    assert spot(fold(matrix, CHARACTERS, SAME), TextList(texts))[0].text == exact[0]


def test_characters_that_look_alike_count_for_one_symbol():
    matrix = written("2-x-1-8")
    lookalikes = SAME | {"0": {"0": 1.0, "x": 1.0}}
    assert spot(fold(matrix, CHARACTERS, lookalikes), TextList(("2018", "2118")))[0].text == "2018"


def test_an_empty_matrix_holds_no_text():
    assert spot(fold(np.zeros((0, 13), np.float32), CHARACTERS, SAME), TextList(("1",))) == []
    assert posteriors([]) == []


@given(st.lists(st.text(SYMBOLS, min_size=1, max_size=5), min_size=1, max_size=6), st.integers(0, 2**31))
def test_spot_gives_only_texts_of_the_list_and_posteriors_sum_to_one(texts, seed):
    matrix = np.log(np.random.default_rng(seed).dirichlet(np.ones(13), 12)).astype(np.float32)
    found = spot(fold(matrix, CHARACTERS, SAME), TextList(tuple(texts)), limit=3)
    assert {s.text for s in found} <= set(texts) and len(found) <= 3
    assert not found or sum(posteriors(found)) == pytest.approx(1)


def plain_search(matrix: np.ndarray, grammar: Serial, beam: int = 48, passing: float = 2.0) -> dict[str, float]:
    """The texts a matrix holds with their logs, by a search that looks at every prefix that the beam grows into."""
    logs = fold(matrix, CHARACTERS, SAME).logs
    logs = logs - np.maximum(matrix.max(1), logs.max(1))[:, None]
    cost = np.where(logs[:, 0] >= -0.7, 0.0, -passing)
    held, whole = {}, {}
    for frame, row in enumerate(logs.astype(float)):
        held[""] = (cost[:frame].sum(), NEVER)
        grown: dict[str, np.ndarray] = {}
        for prefix, (blank, symbol) in held.items():
            both = np.logaddexp(blank, symbol)
            further = [
                (prefix + s, NEVER, (blank if prefix.endswith(s) else both) + row[1 + SYMBOLS.index(s)])
                for s in grammar.follows(prefix)
            ]
            stay = [(prefix, both + row[0], symbol + row[1 + SYMBOLS.index(prefix[-1])])] if prefix else []
            for text, by_blank, by_symbol in [*stay, *further]:
                grown[text] = np.logaddexp(grown.get(text, np.full(2, NEVER)), (by_blank, by_symbol))
        held = dict(sorted(grown.items(), key=lambda g: (-np.logaddexp(*g[1]), g[0]))[:beam])
        for text, (_, symbol) in held.items():
            weight = grammar.weight(text)
            if weight is not None:
                whole[text] = max(whole.get(text, NEVER), symbol + cost[frame + 1 :].sum() + weight)
    return whole


@given(st.integers(0, 2**31), st.integers(1, 14), st.sampled_from((0.02, 0.1, 1.0)))
def test_spot_passes_over_nothing_that_the_beam_would_have_held(seed, frames, spread):
    said = np.random.default_rng(seed).dirichlet(np.full(13, spread), frames)
    matrix = np.log(np.maximum(said, 1e-9)).astype(np.float32)
    found = {s.text: s.log for s in spot(fold(matrix, CHARACTERS, SAME), Serial(), limit=10_000)}
    plain = plain_search(matrix, Serial())
    best = sorted(plain, key=lambda t: -plain[t])[:12]
    assert [found.get(t) for t in best] == pytest.approx([plain[t] for t in best], abs=1e-3)
