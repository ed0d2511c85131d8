"""Makes the drawn strips that `digitize learn` mixes in, so that weights taught at an office forget nothing.

    .venv/bin/python -m training.fields.drawn ocr/models/eng_fields_drawn.npz --fonts FONTS
    .venv/bin/python -m training.fields.drawn ocr/models/words_drawn.npz --shard SHARDS/0013.npz --count 700

From fonts alone, since pictures of real digits have licences of their own. Each strip is kept as a JPEG; of a shard
that was drawn for another network the first ones.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np

from training.fields import draw
from training.fields.make import load_fonts, shard

_SEED = 9001
_QUALITY = 55


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fonts", type=Path, help="the folder that setup.sh fills")
    parser.add_argument("--shard", type=Path, help="a shard of another network, drawn without pictures of real digits")
    parser.add_argument("--count", type=int, default=900)
    asked = parser.parse_args()
    if (asked.fonts is None) == (asked.shard is None):
        parser.error("--fonts or --shard")
    cv2.setNumThreads(1)
    if asked.shard is not None:
        pack(asked.shard, asked.out, asked.count)
        return
    handwriting, prints = load_fonts(asked.fonts)
    pens = draw.Pens(handwriting, prints, np.zeros((0, 0, 28, 28), np.uint8), ())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drawn.npz"
        shard(path, _SEED, pens, asked.count)
        pack(path, asked.out, asked.count)


def pack(drawn: Path, out: Path, count: int) -> None:
    """Write the first strips of a shard with their texts, as ocr.learning.strips.DrawnStrips takes them."""
    with np.load(drawn, allow_pickle=False) as f:
        ends = np.cumsum([0, *f["widths"]])[: count + 1]
        strips = [f["pixels"][:, a:b] for a, b in zip(ends[:-1], ends[1:], strict=True)]
        texts = f["texts"][:count]
    pictures = [cv2.imencode(".jpg", s, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].reshape(-1) for s in strips]
    with out.open("wb") as written:
        at = np.cumsum([len(picture) for picture in pictures])
        np.savez_compressed(written, pictures=np.concatenate(pictures), ends=at, texts=texts)


if __name__ == "__main__":
    main()
