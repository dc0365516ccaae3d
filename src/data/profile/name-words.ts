/** The words of an identifier, lower case and singular: `tbl_OrderItems` is `order item`. */
export function nameWords(name: string): readonly string[] {
  return name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map((word) => singular(word.toLowerCase()));
}

/** The words of a table's name without what only says that it is a table. */
export function tableWords(name: string): readonly string[] {
  const words = nameWords(name);
  const [first = "", ...rest] = words;
  return rest.length > 0 && DECORATION.has(first) ? rest : words;
}

const DECORATION: ReadonlySet<string> = new Set([
  "tbl",
  "table",
  "dim",
  "fact",
  "stg",
  "src",
  "raw",
  "ref",
  "lkp",
  "t",
]);

function singular(word: string): string {
  if (IRREGULAR.has(word)) return IRREGULAR.get(word) ?? word;
  if (/(?:ss|us|is|news|series|status)$/.test(word) || word.length < 4) return word;
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:[sx]es|ches|shes|zes)$/.test(word)) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ["people", "person"],
  ["men", "man"],
  ["women", "woman"],
  ["children", "child"],
  ["staves", "staff"],
  ["addresses", "address"],
  ["courses", "course"],
  ["houses", "house"],
  ["cases", "case"],
  ["purchases", "purchase"],
  ["licenses", "license"],
  ["databases", "database"],
  ["movies", "movie"],
]);
