import type { IndexView } from "./index-view.ts";
import { ALIKE_FROM, ALIKE_SHARE } from "./ranking.ts";
import { type Words, isStopWord } from "./words.ts";

/** One word of the index that a query asks for. */
export interface QueryWord {
  readonly stem: string;
  /** The word as the query has it. */
  readonly asked: string;
  /** 1 for the word itself, less for one that is spelled alike. */
  readonly share: number;
}

/** What a query asks for. Its text is only ever cut into words, so nothing in it is an operator. */
export function queryWords(text: string, view: IndexView, { words, isColumns }: QueryContext): readonly QueryWord[] {
  const all = words.plain(text.slice(0, MAX_QUERY_CHARS).toWellFormed());
  const telling = all.filter((word) => !isStopWord(word));
  // A query of nothing but common words means them.
  const asked = telling.length > 0 ? telling : all;
  const found = new Map<string, QueryWord>();
  const isKnown = (stem: string): boolean => view.postings(stem, isColumns).length > 0;
  let guesses = 0;
  for (const [index, word] of asked.entries()) {
    if (found.size >= MAX_QUERY_WORDS) break;
    const stem = words.stem(word);
    if (isKnown(stem)) found.set(stem, { stem, asked: word, share: 1 });
    else if (word.length >= MIN_ALIKE_CHARS && guesses++ < MAX_GUESSED_WORDS) {
      for (const alike of spelledAlike(stem, view))
        if (!found.has(alike.stem)) found.set(alike.stem, { ...alike, asked: word });
    }
    // "gas stations" also asks for "gasstations".
    const next = asked[index + 1];
    const joined = next === undefined ? "" : words.stem(`${word}${next}`);
    if (next !== undefined && !found.has(joined) && isKnown(joined))
      found.set(joined, { stem: joined, asked: `${word} ${next}`, share: 1 });
  }
  return [...found.values()];
}

/** What words of a query are read with. */
export interface QueryContext {
  readonly words: Words;
  readonly isColumns: boolean;
}

const MAX_QUERY_CHARS = 4_000;
const MAX_QUERY_WORDS = 80;
const MAX_GUESSED_WORDS = 6;
const MIN_ALIKE_CHARS = 4;
const MAX_ALIKE = 3;

function spelledAlike(stem: string, view: IndexView): readonly Omit<QueryWord, "asked">[] {
  if (stem.length < MIN_ALIKE_CHARS) return [];
  const own = triples(`^${stem}$`);
  return view
    .spelledLike([...triples(stem)])
    .map((candidate) => ({ stem: candidate, alike: likeness(own, triples(`^${candidate}$`)) }))
    .filter(({ alike }) => alike >= ALIKE_FROM)
    .sort((a, b) => b.alike - a.alike)
    .slice(0, MAX_ALIKE)
    .map(({ stem: candidate, alike }) => ({ stem: candidate, share: ALIKE_SHARE * alike }));
}

function triples(word: string): ReadonlySet<string> {
  const characters = Array.from(word);
  return new Set(characters.slice(2).map((_, index) => characters.slice(index, index + 3).join("")));
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((triple) => b.has(triple)).length;
  return common / (a.size + b.size - common);
}
