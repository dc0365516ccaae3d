import { stem } from "./stem.ts";

/**
 * Cuts texts into words for the index and for queries. Identifiers fall apart at case changes, digits and signs, accents go,
 * and runs of Chinese or Japanese characters are cut into pairs. Remembers stems, because catalogs repeat few words often.
 */
export class Words {
  readonly #stems = new Map<string, string>();

  /** The words of a text in order, in lower case. */
  plain(text: string): readonly string[] {
    const spaced = text
      .normalize("NFKD")
      .replace(/\p{M}+/gu, "")
      .normalize("NFC")
      .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
      .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
      .replace(/(\p{L})(\d)/gu, "$1 $2");
    const found = spaced.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    return found.flatMap((word) => (UNSPACED.test(word) ? pairs(word) : [word.slice(0, MAX_WORD_CHARS)]));
  }

  /** The stems of a name, every word of it. */
  ofName(name: string): readonly string[] {
    return this.plain(name).map((word) => this.stem(word));
  }

  /** The stems of prose, without the words that stand in every sentence. */
  ofProse(text: string): readonly string[] {
    return this.plain(text)
      .filter((word) => !STOP_WORDS.has(word))
      .map((word) => this.stem(word));
  }

  stem(word: string): string {
    const known = this.#stems.get(word);
    if (known !== undefined) return known;
    const result = stem(word);
    if (this.#stems.size < MAX_STEMS) this.#stems.set(word, result);
    return result;
  }
}

/** Whether a word says nothing about what is asked for. */
export function isStopWord(word: string): boolean {
  return word.length < 2 || STOP_WORDS.has(word);
}

const MAX_WORD_CHARS = 64;
const MAX_STEMS = 100_000;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** Articles, pronouns, prepositions and auxiliaries of English, and the verbs by which people ask for data. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a an and are as at be been but by can could did do does for from had has have having he her his how i if in into is it its " +
    "me my of on or our out over per please she should so some such than that the their them then there these they this those " +
    "through to under up us was we were what when where which while who whom whose why will with within without would you your " +
    "all any both each every many much more most less least not no nor only also list show find give get return tell display " +
    "number count total average among between after before during same other another using use based whether including include " +
    "provide calculate determine following"
  ).split(" "),
);

function pairs(word: string): readonly string[] {
  const characters = Array.from(word);
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, index) => `${characters[index] ?? ""}${character}`);
}
