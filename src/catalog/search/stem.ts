/** The stem of an English word after M. F. Porter's algorithm of 1980; words of other scripts and with digits stay as they are. */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  const singular = withoutPlural(word);
  const plain = withFinalI(withoutTense(singular));
  const short = withoutSuffix(withShorterSuffix(withShorterSuffix(plain, DOUBLE_SUFFIXES), SIMPLE_SUFFIXES));
  return withoutFinalE(short);
}

type Rules = readonly (readonly [suffix: string, replacement: string])[];

const DOUBLE_SUFFIXES = rules(
  "ational ate,tional tion,enci ence,anci ance,izer ize,abli able,alli al,entli ent,eli e,ousli ous,ization ize," +
    "ation ate,ator ate,alism al,iveness ive,fulness ful,ousness ous,aliti al,iviti ive,biliti ble",
);
const SIMPLE_SUFFIXES = rules("icate ic,ative ,alize al,iciti ic,ical ic,ful ,ness ");
const LAST_SUFFIXES = rules(
  "al ,ance ,ence ,er ,ic ,able ,ible ,ant ,ement ,ment ,ent ,ion ,ou ,ism ,ate ,iti ,ous ,ive ,ize ",
);

/** Longest suffix first, because only the longest that fits is looked at. */
function rules(text: string): Rules {
  const pairs = text.split(",").map((pair): [string, string] => {
    const [suffix = "", replacement = ""] = pair.split(" ");
    return [suffix, replacement];
  });
  return pairs.sort(([a], [b]) => b.length - a.length);
}

function withoutPlural(word: string): string {
  if (word.endsWith("sses") || word.endsWith("ies")) return word.slice(0, -2);
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

function withoutTense(word: string): string {
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = ["ed", "ing"].find((suffix) => word.endsWith(suffix));
  if (ending === undefined) return word;
  const base = word.slice(0, -ending.length);
  if (!/v/.test(shape(base))) return word;
  if (/(?:at|bl|iz)$/.test(base)) return `${base}e`;
  if (endsDouble(base) && !/[lsz]$/.test(base)) return base.slice(0, -1);
  return measure(base) === 1 && endsShort(base) ? `${base}e` : base;
}

function withFinalI(word: string): string {
  const base = word.slice(0, -1);
  return word.endsWith("y") && /v/.test(shape(base)) ? `${base}i` : word;
}

function withShorterSuffix(word: string, suffixes: Rules): string {
  const rule = suffixes.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const base = word.slice(0, -rule[0].length);
  return measure(base) > 0 ? base + rule[1] : word;
}

function withoutSuffix(word: string): string {
  const rule = LAST_SUFFIXES.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const base = word.slice(0, -rule[0].length);
  return measure(base) > 1 && (rule[0] !== "ion" || /[st]$/.test(base)) ? base : word;
}

function withoutFinalE(word: string): string {
  const base = word.slice(0, -1);
  const isSilent = word.endsWith("e") && (measure(base) > 1 || (measure(base) === 1 && !endsShort(base)));
  const result = isSilent ? base : word;
  return result.endsWith("ll") && measure(result) > 1 ? result.slice(0, -1) : result;
}

/** Vowels as `v`, consonants as `c`; a `y` after a consonant sounds like a vowel. */
function shape(word: string): string {
  let result = "";
  for (const letter of word) {
    const isVowel = "aeiou".includes(letter) || (letter === "y" && result.endsWith("c"));
    result += isVowel ? "v" : "c";
  }
  return result;
}

/** How often a vowel is followed by a consonant. */
function measure(word: string): number {
  return shape(word).match(/v+c+/g)?.length ?? 0;
}

function endsDouble(word: string): boolean {
  return word.length > 1 && word.at(-1) === word.at(-2) && shape(word).endsWith("c");
}

function endsShort(word: string): boolean {
  return shape(word).endsWith("cvc") && !/[wxy]$/.test(word);
}
