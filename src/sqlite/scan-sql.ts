/** What is to be known of a text of SQL before it is prepared. */
export interface ScannedSql {
  /** How many values it needs: `?` each one, `?3` as many as its number, and each name one wherever it stands. */
  readonly parameters: number;
  /** What those that are numbered or named are called where values are given by name. */
  readonly names: readonly string[];
  /** Whether another statement follows the first. */
  readonly hasMore: boolean;
}

/** Looks at the tokens of a text, as far as parameters and the end of a statement go. */
export function scanSql(sql: string): ScannedSql {
  const names = new Set<string>();
  const numbers = new Set<number>();
  let hasEnded = false;
  let hasMore = false;
  for (const [token] of sql.matchAll(TOKENS)) {
    if (SPACE.test(token)) continue;
    if (token === ";") hasEnded = true;
    else if (hasEnded) hasMore = true;
    else if (token === "?") numbers.add(Math.max(0, ...numbers) + 1);
    else if (token.startsWith("?")) numbers.add(Number(token.slice(1)));
    else if (NAMED.test(token)) names.add(token);
  }
  // The statements inside a trigger end with semicolons too.
  return {
    parameters: Math.max(0, ...numbers) + names.size,
    names: [...[...numbers].map(String), ...[...names].map((name) => name.slice(1))],
    hasMore: hasMore && !TRIGGER.test(sql),
  };
}

/** Spaces and comments, texts and quoted names, words, parameters, and any other sign by itself. */
const TOKENS =
  /\s+|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}\p{N}_][\p{L}\p{N}_$]*|\?\d*|[:@$][\p{L}\p{N}_$]+|./gsu;
const SPACE = /^(?:\s|--|\/\*)/;
const NAMED = /^[:@$]./su;
const TRIGGER = /^\s*create\s+(?:temp\s+|temporary\s+)?trigger\b/i;
