"""Names, words and keys of many rows at a time: each word is processed once, however many rows have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import polars as pl

from mappers.names.keys import MOST_WORDS, name_part

ROW, WORD, LANG, TOKEN = "row", "word", "lang", "token"
SEP = "|"
"""Separator between several names of one row."""
_MOST_OTHER, _HEX = 8, 8
# All that `str.split` parts words at, but for the blank.
_ODD_BLANKS = r"[^\S ]|[\x1c-\x1f]"
_EMPTY = {ROW: pl.UInt32, WORD: pl.String, LANG: pl.String}


class SaidNames(NamedTuple):
    """Names of each row.

    said: (rows,), sound key of each name, once, separated by SEP; lang: (rows,), language of the first one's script;
    words: (row, word, lang), each once per row.
    """

    said: pl.Series
    lang: pl.Series
    words: pl.DataFrame


def said_names(frame: pl.DataFrame, columns: Sequence[str]) -> SaidNames:
    """Names in some columns; a mere other spelling of the preceding name is skipped."""
    rows = _number_rows(frame)
    parts = _all_parts(rows, columns)
    lang = parts.filter(pl.col(LANG) != "").unique(ROW, keep="first", maintain_order=True).select(ROW, LANG)
    words = parts.select(ROW, "at", word="words").explode(WORD).drop_nulls()
    words = words.unique([ROW, "at", WORD], keep="first", maintain_order=True)
    names = words.group_by([ROW, "at"], maintain_order=True).agg(pl.col(WORD).head(MOST_WORDS))
    names = names.with_columns(said=pl.col(WORD).list.join(" "))
    names = names.unique([ROW, "said"], keep="first", maintain_order=True)
    words = names.select(ROW, WORD).explode(WORD).unique([ROW, WORD], keep="first", maintain_order=True)
    said = names.group_by(ROW, maintain_order=True).agg(pl.col("said").str.join(SEP))
    langs = on_rows(rows, lang, LANG)
    return SaidNames(on_rows(rows, said, "said"), langs, words.with_columns(lang=langs.gather(words[ROW])))


def _all_parts(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Words between spaces: (row, words, lang, spelled, at), at is the column number."""
    spelled = pl.Series("spelled", [""] * rows.height, pl.String)
    made = [
        pl.DataFrame(
            schema={ROW: pl.UInt32, "words": pl.List(pl.String), LANG: pl.String, "spelled": pl.String, "at": pl.Int32}
        )
    ]
    for at, column in enumerate(columns):
        texts = rows.select(ROW, text=pl.col(column).cast(pl.String), before=spelled)
        texts = texts.filter((pl.col("text") != "") & (pl.col("text") != pl.col("before"))).select(ROW, "text")
        parts = _parts(texts)
        made.append(parts.with_columns(at=pl.lit(at)))
        if at + 1 < len(columns):
            joined = (
                texts.select(ROW)
                .join(_join_spelled(parts), on=ROW, how="left")
                .with_columns(pl.col("now").fill_null(""))
            )
            now = rows.select(ROW, spelled).join(joined, on=ROW, how="left", maintain_order="left")
            spelled = now.select(spelled=pl.coalesce("now", "spelled")).to_series()
    return pl.concat(made, how="diagonal")


def _join_spelled(parts: pl.DataFrame) -> pl.DataFrame:
    """Full names in Latin letters, of those in another script: (row, now)."""
    whole = parts.group_by(ROW, maintain_order=True).agg(
        now=pl.col("spelled").str.join(" "), other=(pl.col(LANG) != "").any()
    )
    return whole.filter("other").select(ROW, "now")


def _parts(texts: pl.DataFrame) -> pl.DataFrame:
    """(row, words, lang, spelled) of the words in texts (row, text)."""
    text = pl.col("text")
    if texts["text"].str.contains(_ODD_BLANKS).any():
        text = text.str.replace_all(_ODD_BLANKS, " ")
    parts = texts.select(ROW, part=text.str.split(" ")).explode("part").filter(pl.col("part") != "")
    distinct = parts["part"].unique().to_list()
    named = list(map(name_part, distinct))
    # As one text each: lists of texts take polars longer to build than the sounds take.
    said = pl.Series("words", [" ".join(one.words) for one in named], pl.String).replace("", None)
    known = pl.DataFrame({
        "part": pl.Series(distinct, dtype=pl.String), "words": said.str.split(" "),
        LANG: pl.Series([one.lang for one in named], dtype=pl.String),
        "spelled": pl.Series([one.spelled for one in named], dtype=pl.String),
    })  # fmt: skip
    return parts.join(known, on="part", how="left", maintain_order="left").drop("part")


def other_words(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Words of places by sound, at most eight per row: (row, word), and (word, lang) of all examined.

    One-letter words are omitted.
    """
    rows = _number_rows(frame)
    made = [pl.DataFrame(schema=_EMPTY)]
    for column in columns:
        text = pl.col(column).cast(pl.String).str.replace_all("[_,]", " ")
        parts = _parts(rows.select(ROW, text=text).drop_nulls())
        words = parts.select(ROW, pl.col("words").list.head(MOST_WORDS).alias(WORD), LANG).explode(WORD)
        made.append(words.filter(pl.col(WORD).str.len_chars() > 1))
    pairs = pl.concat(made).with_row_index("place")
    words = pairs.unique([ROW, WORD], keep="first", maintain_order=True)
    last = words.group_by(ROW).agg(last=pl.col("place").sort().get(_MOST_OTHER - 1, null_on_oob=True)).drop_nulls()
    within = pl.col("last").is_null() | (pl.col("place") <= pl.col("last"))
    words, pairs = (f.join(last, on=ROW, how="left", maintain_order="left").filter(within) for f in (words, pairs))
    return words.select(ROW, WORD), pairs.select(WORD, LANG).unique()


def tokens(frame: pl.DataFrame, kind: str, *parts: str | pl.Expr) -> pl.DataFrame:
    """(row, token) of rows that have all parts; see `mappers.names.keys.token`."""
    made = [pl.col(p) if isinstance(p, str) else p for p in parts]
    text = pl.concat_str(pl.lit(kind), *(p.cast(pl.String) for p in made), separator="\x1f").cast(pl.Binary)
    texts = frame.select(ROW, text=text).drop_nulls()
    keys = np.fromiter(map(crc32, texts["text"].to_list()), np.uint32, texts.height).view(np.int32)
    return texts.select(ROW, token=pl.Series(keys))


def collect_tokens(frame: pl.DataFrame, some: Iterable[pl.DataFrame]) -> pl.Series:
    """All tokens of each row, each once: (rows,), lists of int32."""
    whole = pl.concat(list(some)).unique([ROW, TOKEN]).group_by(ROW).agg(pl.col(TOKEN).sort())
    rows = frame.select(ROW).join(whole, on=ROW, how="left", maintain_order="left")
    return rows[TOKEN].fill_null(pl.lit([], pl.List(pl.Int32))).alias("tokens")


def on_rows(rows: pl.DataFrame, some: pl.DataFrame, name: str) -> pl.Series:
    """A text of some rows, extended to all, "" if missing."""
    return rows.select(ROW).join(some, on=ROW, how="left", maintain_order="left")[name].fill_null("")


def map_distinct(values: pl.Series, of: Callable[[Any], Any], dtype: type[pl.DataType]) -> pl.Series:
    """Apply a function to values, once per distinct value."""
    distinct = values.unique()
    made = pl.DataFrame({"value": distinct, "made": pl.Series([of(v) for v in distinct.to_list()], dtype=dtype)})
    asked = pl.DataFrame({"value": values})
    return asked.join(made, on="value", how="left", maintain_order="left", nulls_equal=True)["made"].alias(values.name)


def _number_rows(frame: pl.DataFrame) -> pl.DataFrame:
    return frame if ROW in frame.columns else frame.with_row_index(ROW)


def hex_texts(tokens: pl.Series) -> list[str]:
    """Lists of tokens as hexadecimal words separated by spaces: input of the full-text index."""
    lengths = tokens.list.len().to_numpy().astype(np.int64)
    numbers = tokens.explode(empty_as_null=False).to_numpy().astype(">i4")
    if not len(numbers):
        return [""] * len(lengths)
    # Eight digits each and what stands behind them; zeros in front are then left out, but for the last digit.
    signs = np.full((len(numbers), _HEX + 1), ord(" "), np.uint8)
    signs[:, :_HEX] = np.frombuffer(numbers.tobytes().hex().encode(), np.uint8).reshape(-1, _HEX)
    filled = lengths > 0
    signs[np.cumsum(lengths)[filled] - 1, _HEX] = ord("\n")
    is_kept = np.ones(signs.shape, bool)
    is_kept[:, : _HEX - 1] = np.maximum.accumulate(signs[:, : _HEX - 1] != ord("0"), axis=1)
    made = iter(signs[is_kept].tobytes().decode().split("\n"))
    return [next(made) if is_filled else "" for is_filled in filled.tolist()]
