// Doubtful letters: marked as whole letters a reader sees, never inside a conjunct.

// Telugu, Kannada and others join over the virama too, which older tables of grapheme clusters do not know. Tamil's
// pulli joins nothing but க்ஷ and ஸ்ரீ.
const JOINS = /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d]\u200d?$/u;
const TAMIL = [["க்", "ஷ"], ["ஸ்", "ர"]];

/** Where the letters of a text begin and end, as a reader counts them: [[from, to], …] in UTF-16 offsets. */
export function letters(text, lang) {
  const found = [];
  for (const { segment, index } of new Intl.Segmenter(lang || "und", { granularity: "grapheme" }).segment(text)) {
    const last = found.at(-1);
    const before = last && text.slice(last[0], last[1]);
    if (last && /^\p{L}/u.test(segment) && (JOINS.test(before) || TAMIL.some(([a, b]) => before === a && segment.startsWith(b)))) last[1] = index + segment.length;
    else found.push([index, index + segment.length]);
  }
  return found;
}

/** Ranges widened to whole letters and joined where they touch. ranges: [[from, to], …] of the text. */
export function wholeLetters(text, ranges, lang) {
  if (!ranges?.length) return [];
  const marked = letters(text, lang).filter(([a, b]) => ranges.some(([from, to]) => a < to && b > from) && text.slice(a, b).trim());
  const out = [];
  for (const [a, b] of marked) {
    if (out.length && out.at(-1)[1] === a) out.at(-1)[1] = b;
    else out.push([a, b]);
  }
  return out;
}

/** The ranges of a text that stand unchanged in what was made of it, at their new places. */
export function rangesLeft(before, now, ranges) {
  if (before === now) return ranges;
  let head = 0, tail = 0;
  const most = Math.min(before.length, now.length);
  while (head < most && before[head] === now[head]) head++;
  while (tail < most - head && before.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const moved = now.length - before.length;
  return ranges.flatMap(([a, b]) => (b <= head ? [[a, b]] : a >= before.length - tail ? [[a + moved, b + moved]] : []));
}
