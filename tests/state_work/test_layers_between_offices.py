"""Learned layers between offices: signed, averaged, taken only from known keys, and never with names in them."""

import json

import numpy as np
import pytest

from digitize.errors import InputError
from digitize.learning import add
from digitize.learning.judge import judge
from digitize.learning.layer_files import layers_of, merge, public_keys, root_of, seal, unseal, with_layers
from digitize.machine.progress import Silent
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.chosen_weights import PACKAGE, find_chosen
from digitize.workspace.own_weights import OwnWeights, keep_weights, path_of, use_weights
from digitize.workspace.place import create
from ocr.learning.tail import CLASSES, NAMES
from ocr.models.onnx_file import numbers_in, with_numbers
from ocr.models.running import content_of

FACTS = OwnWeights("own-1", "ab", "package", pages=30, values=90, held=40, before=20, after=31)
BIAS = CLASSES[1]


@pytest.fixture(scope="module")
def content():
    return content_of("eng_fields.onnx")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return create("wb", tmp_path_factory.mktemp("layers") / "ws", "East")


def moved(content, by):
    return with_numbers(content, {BIAS: numbers_in(content, [BIAS])[BIAS] + np.float32(by)})


def test_layers_of_two_offices_are_averaged_and_put_back_into_the_network(content):
    files = [layers_of(moved(content, by), FACTS, office) for by, office in ((1.0, "wb-a"), (3.0, "wb-b"))]
    both = merge(files)
    assert (both.offices, both.pages, both.held, both.after) == (["wb-a", "wb-b"], 60, 80, 62)
    made = numbers_in(with_layers(content, both), NAMES)
    before = numbers_in(content, NAMES)
    np.testing.assert_allclose(made[BIAS], before[BIAS] + 2, atol=1e-5)
    assert all((made[name] == before[name]).all() for name in NAMES if name != BIAS)
    # A file that was merged before weighs as many offices as are in it.
    three = merge([both, layers_of(moved(content, 8.0), FACTS, "wb-c")])
    np.testing.assert_allclose(numbers_in(with_layers(content, three), [BIAS])[BIAS], before[BIAS] + 4, atol=1e-5)


def test_what_was_learned_from_another_network_or_counts_twice_is_not_merged(content):
    mine = layers_of(content, FACTS, "wb-a")
    assert mine.root == root_of(moved(content, 5.0)), "what is taught is no part of the root"
    with pytest.raises(InputError, match="different networks"):
        merge([mine, mine.model_copy(update={"root": "0" * 64, "offices": ["wb-b"]})])
    with pytest.raises(InputError, match="twice"):
        merge([mine, mine])
    with pytest.raises(InputError, match="another network"):
        with_layers(content, mine.model_copy(update={"root": "0" * 64}))
    with pytest.raises(InputError, match="damaged"):
        with_layers(content, mine.model_copy(update={"numbers": "?"}))
    with pytest.raises(InputError, match="another network"):
        with_layers(content, mine.model_copy(update={"numbers": "AAAA" * 4}))


def test_only_whole_files_of_known_keys_are_taken(content, place, tmp_path):
    layers = layers_of(content, FACTS, "wb-east")
    path, keys = tmp_path / "east.layers", public_keys([place.key.with_suffix(".pub")])
    path.write_bytes(seal(layers, place.key))
    assert unseal(path, keys) == layers
    with pytest.raises(InputError, match="signed"):
        unseal(path, ["00" * 32])
    path.write_bytes(path.read_bytes().replace(b'"pages":30', b'"pages":31'))
    with pytest.raises(InputError, match="signed"):
        unseal(path, keys)
    path.write_bytes(b"{}")
    with pytest.raises(InputError, match="truncated"):
        unseal(path, keys)


def test_an_office_sends_figures_without_pages_and_takes_others_only_where_they_read_better(
    content, place, tmp_path, monkeypatch
):
    facts = {"parent": "package", "pages": 30, "values": 90, "learned": ("wb-east-0001-0001",)}
    own = keep_weights(place, moved(content, 1.0), facts)
    out = tmp_path / "east.layers"
    add.export_layers(place, own.name, out)
    told = json.loads(out.read_bytes().partition(b"\n")[0])
    assert told["offices"] == ["wb-east"] and "0001" not in json.dumps({**told, "numbers": "", "root": ""})
    named = keep_weights(place, moved(content, 2.0), {**facts, "names": True})
    with pytest.raises(InputError, match="persons"):
        add.export_layers(place, named.name, out)
    keys = public_keys([place.key.with_suffix(".pub")])
    with pytest.raises(InputError, match="already"):
        add.add_layers(place, out, keys, Silent())
    west = create("wb", tmp_path / "west", "West")
    monkeypatch.setattr(add, "LEAST_PAGES", 0)
    for better, is_taken in ((6, True), (2, False)):
        monkeypatch.setattr(add, "read_both", lambda *_, n=better: [(False, True)] * n)
        weights, judged = add.add_layers(west, out, keys, Silent())
        assert weights.name == own.name and weights.adopted is is_taken and weights.learned == ()
        assert judged == judge([(False, True)] * better)
        with Ledger(west.ledger) as ledger:
            assert find_chosen(ledger) == (weights.name if is_taken else PACKAGE)
            use_weights(ledger, west, PACKAGE)
        path_of(west, own.name).with_suffix(".json").unlink()
