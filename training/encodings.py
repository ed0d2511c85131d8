"""Learn which encoding a text is in, from Unicode text written with the toolkit's own tables.

    pip install Faker==40.63.0 Babel==2.18.0 Django==5.2.19
    python training/encodings.py --tessdata DIR [--without FOLDER --out FILE]

DIR holds the `.traineddata` files of tessdata_fast for asm ben eng guj hin kan mal mar ori pan tam tel urd (Debian:
tesseract-ocr-XXX); `combine_tessdata` and `dawg2wordlist` come with Tesseract. What is written are counts of three
letters, `mappers/encodings/ngrams.npz`. The same packages give the same file. --without names a folder of vectors: no
word of theirs is learned, so that they measure what was never seen.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from corpora import LANGUAGES, Corpus, read_corpora, roman_words, split

from mappers.encodings import Encoding, encodings
from mappers.encodings.ngrams import FILE, Grams, NgramModel, count, font_symbols, pack, unicode_symbols

SEED = 2003
CELLS = 14_000
_CODES = """
    IPC CrPC U/S u/s R/W r/w FIR GD GDE UD Cr.No. Crime No. PS P.S. PO P.O. Dist. Distt. Vill. Vill- S/O W/O D/O s/o
    w/o R/o C/O H.No. SI ASI HC PC PI API CI DSP SHO SDPO SP IO Shri Smt. Sri Kumari Mohd. Md. Late Age yrs. M F Male
    Female NIL N.A. NA Yes No Unknown Pending CS Charge Sheet FR True Undetected Arrested Accused Complainant Victim
    Theft Hurt Murder Robbery Rioting Cheating Dacoity Burglary Kidnapping Accident Missing person Act Arms NDPS POCSO
    Excise Gambling MV EC SC/ST Dowry Court Remarks Ward No. Block Tehsil Taluk Mandal Circle Sub Division Nagar Road
    Street Colony East West North South Rs. Mobile Motor Cycle Hero Honda Gold Cash Kg gm Nos. Date Time hrs. AM PM
    Occupation Farmer Labour Student BNS BNSS BSA I.P.C. Cr.P.C. M.V. GRP NH KM p.m. a.m. -do- --do-- do n/a @ alias
"""
_SMALL = "ke ki ka se me mein ne ko par aur va tha hai nahi ek do wo is us pe urf alias wald putra niwasi gram thana"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Writer:
    """Writes Unicode text in one encoding, word by word; what the font has no code for is left out."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding
        self._known: dict[str, str | None] = {}

    def write(self, text: str) -> str | None:
        """A text's codes; None where a word of it cannot be written."""
        words = [self._word(w) for w in text.split(" ")]
        return None if None in words else " ".join(w for w in words if w is not None)

    def _word(self, word: str) -> str | None:
        if word not in self._known:
            try:
                self._known[word] = word if word.isascii() and word.isdigit() else self._encoding.encode(word)
            except ValueError:
                self._known[word] = None
        return self._known[word]


def cells(corpus: Corpus, rng: random.Random) -> Iterator[str]:
    """Cells of a table without end: words, names, runs of words, words with numbers."""
    names, words = corpus.names or corpus.words, corpus.words
    phrases = corpus.phrases or words

    def word() -> str:
        return rng.choice(names) if rng.random() < 0.35 else rng.choice(words)

    while True:
        kind = rng.random()
        if kind < 0.38:
            yield word()
        elif kind < 0.68:
            yield " ".join(word() for _ in range(rng.choice((2, 2, 3))))
        elif kind < 0.80:
            yield rng.choice(phrases)
        elif kind < 0.86:
            yield " ".join(rng.choice(words) for _ in range(rng.randrange(4, 8)))
        else:
            yield _with_number(word(), word(), rng)


def _with_number(one: str, two: str, rng: random.Random) -> str:
    n, m = rng.randrange(1, 999), rng.randrange(1, 30)
    forms = (
        f"{one} {n}", f"{one}, {two}", f"{one}-{two}", f"{one} ({two})", f"{one} {n}/{m}", f"{n} {one}", f"{one}, {n}",
        f"{one}.", f"{m}. {one}", f"{one} {two} {n}", f"{one} / {two}", f"{one}.{two}.", f"{one} : {two}",
    )  # fmt: skip
    return rng.choice(forms)


def english_cells(corpus: Corpus, rng: random.Random) -> Iterator[str]:
    """English cells as they stand in police tables: names, places, codes, sections, in every case."""
    plain = Corpus(
        tuple(w for w in corpus.words if len(w) < 14), corpus.names, tuple(p for p in corpus.phrases if len(p) < 60)
    )
    for text in cells(plain, rng):
        yield _cased(text if rng.random() < 0.7 else _code(text, rng), rng)


def _code(text: str, rng: random.Random) -> str:
    n, m, y = rng.randrange(1, 600), rng.randrange(1, 500), rng.randrange(1975, 2024)
    code, more = rng.choices(_CODES.split(), k=2)
    forms = (
        f"{code} {text}", f"{text} {code}", f"{code} {n}", f"{n}/{y}", f"{code} {n}/{m} {more}", f"{n} {code}", code,
        f"{code} {more} {text}", f"{n}(A)/{m} {code}", f"{code} {text} {n}", f"{code}{n}", f"{text} {code} {text}",
    )  # fmt: skip
    return rng.choice(forms)


def code_cells(rng: random.Random) -> Iterator[str]:
    """Short codes of stations, vehicles, results: letters of no language, with and without numbers."""
    while True:
        one, two, four = ("".join(rng.choices(_LETTERS, k=k)) for k in (1, 2, rng.choice((3, 3, 4, 5))))
        n, m = rng.randrange(1, 100), rng.randrange(1, 10_000)
        text = rng.choice((
            one, two, four, f"{one}{n}", f"{two}{n}", f"{n}{one}", f"{one}/{n}", f"{two}-{n}", f"{one}.{two[0]}.",
            f"{two}/{m}",
            f"{two}{n} {two} {m}", f"{two}-{n}-{one}-{m}", f"{two} {n} {one} {m}", f"{four} {m}", f"{two}{n}{one}{m}",
            f"{four}{n}", f"{one}-{two[0]}", f"{n}-{two}", f"{m} {one}", f"{four}/{n}/{m}", f"{one}{m}{two}{n}",
        ))  # fmt: skip
        shape = rng.random()
        yield text if shape < 0.6 else text.lower() if shape < 0.88 else text.title()


def _cased(text: str, rng: random.Random) -> str:
    shape = rng.random()
    return text.upper() if shape < 0.33 else text.title() if shape < 0.58 else text.lower() if shape < 0.78 else text


def roman_cells(words: Sequence[str], rng: random.Random) -> Iterator[str]:
    """Cells of Indian words in Roman letters, with the small words of Hindi between them."""
    small = _SMALL.split()
    corpus = Corpus(tuple(words), tuple(words), (*(f"{a} {b}" for a, b in zip(words, words[1:], strict=False)),))
    for text in cells(corpus, rng):
        mixed = " ".join(f"{w} {rng.choice(small)}" if rng.random() < 0.25 else w for w in text.split(" "))
        yield _cased(mixed, rng)


Make = Callable[[random.Random], Iterator[str]]


def makers(corpora: Mapping[str, Corpus], found: Mapping[str, Encoding]) -> Mapping[str, Make]:
    """How to make cells of each class: encodings by name, languages as "@hi", "english", "roman", "codes"."""
    romans = roman_words(corpora, random.Random(SEED), 2500)
    made: dict[str, Make] = {
        "english": lambda rng: english_cells(corpora["en"], rng),
        "roman": lambda rng: roman_cells(romans, rng),
        "codes": code_cells,
    }
    for lang in LANGUAGES:
        made[f"@{lang}"] = _of_language(corpora, (lang,))
    for name, encoding in found.items():
        if encoding.info.languages:
            made[name] = _written(_of_language(corpora, encoding.info.languages), Writer(encoding))
    return made


def _of_language(corpora: Mapping[str, Corpus], languages: Sequence[str]) -> Make:
    def make(rng: random.Random) -> Iterator[str]:
        sources = [cells(corpora[lang], rng) for lang in languages if lang in corpora]
        weights = [2 if i == 0 else 1 for i in range(len(sources))]
        while True:
            yield next(rng.choices(sources, weights)[0])

    return make


def _written(make: Make, writer: Writer) -> Make:
    def written(rng: random.Random) -> Iterator[str]:
        return filter(None, map(writer.write, make(rng)))

    return written


def take(make: Make, rng: random.Random, size: int) -> list[str]:
    """So many cells of a class, with letters in them."""
    source = make(rng)
    return [text for _ in range(size) if (text := next(source))]


def learn(made: Mapping[str, Make]) -> Mapping[str, NgramModel]:
    """A model of each class."""
    models = {}
    for name, make in sorted(made.items()):
        symbols = unicode_symbols if name.startswith("@") else font_symbols
        texts = take(make, random.Random(f"{SEED} {name}"), CELLS)
        models[name] = count(Grams.from_texts(map(symbols, texts)))
        print(f"{name}: {len(models[name].keys)} triples")
    return models


def halves(corpora: Mapping[str, Corpus]) -> tuple[Mapping[str, Corpus], Mapping[str, Corpus]]:
    """Corpora to learn from, and corpora of other words to measure with."""
    parts = {lang: tuple(map(split, (c.words, c.names, c.phrases))) for lang, c in corpora.items()}
    return tuple({lang: Corpus(*(tuple(p[i]) for p in ps)) for lang, ps in parts.items()} for i in (0, 1))  # type: ignore[return-value]


def vector_words(folder: Path) -> frozenset[str]:
    """All words of the vectors in a folder."""
    words: set[str] = set()
    for path in folder.glob("*.tsv"):
        with path.open(encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
                words.update(w for w in row["unicode"].split() if not w.isascii())
    return frozenset(words)


def without(corpora: Mapping[str, Corpus], words: frozenset[str]) -> Mapping[str, Corpus]:
    """Corpora less every text that holds one of some words."""

    def kept(texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(t for t in texts if words.isdisjoint(t.split()))

    return {lang: Corpus(kept(c.words), kept(c.names), kept(c.phrases)) for lang, c in corpora.items()}


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessdata", type=Path, required=True)
    parser.add_argument("--without", type=Path)
    parser.add_argument("--out", type=Path, default=Path("mappers/encodings") / FILE)
    args = parser.parse_args()
    corpora = read_corpora(args.tessdata)
    learned, _ = halves(without(corpora, vector_words(args.without)) if args.without else corpora)
    np.savez_compressed(args.out, **pack(learn(makers(learned, encodings()))))  # type: ignore[arg-type]
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
