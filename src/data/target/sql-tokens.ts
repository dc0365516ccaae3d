/** A piece of SQL that means something: comments and spaces are left out. */
export interface SqlToken {
  readonly kind: "word" | "quoted" | "string" | "number" | "symbol";
  /** A word as it stands, the inside of a quoted name or string, or one symbol. */
  readonly text: string;
}

/** Which quotes and comments there are. */
export type SqlDialect = "sqlite" | "postgres";

/**
 * Cuts SQL into tokens as the database's own lexer does, so that no quote or comment can hide a word. Stops after `max` tokens
 * that are not values. An unfinished quote or comment ends with the text.
 */
export function sqlTokens(sql: string, dialect: SqlDialect, max = Number.POSITIVE_INFINITY): readonly SqlToken[] {
  const patterns = dialect === "sqlite" ? SQLITE : POSTGRES;
  const tokens: SqlToken[] = [];
  let counted = 0;
  let at = sql.startsWith("\uFEFF") ? 1 : 0;
  while (at < sql.length && counted <= max) {
    const end = dialect === "postgres" && sql.startsWith("/*", at) ? commentEnd(sql, at) : undefined;
    if (end !== undefined) {
      at = end;
      continue;
    }
    const found = match(patterns, sql, at);
    at += Math.max(1, found.length);
    if (found.token === null) continue;
    tokens.push(found.token);
    if (found.token.kind === "symbol" ? !",.;".includes(found.token.text) : found.token.kind === "word") counted++;
  }
  return tokens;
}

type Pattern = readonly [kind: SqlToken["kind"] | "space", pattern: RegExp];

const SQLITE: readonly Pattern[] = [
  ["space", /[ \t\n\f\r]+|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/y],
  ["string", /[xX]?'((?:[^']|'')*)(?:'|$)/y],
  ["quoted", /"((?:[^"]|"")*)(?:"|$)/y],
  ["quoted", /`((?:[^`]|``)*)(?:`|$)/y],
  ["quoted", /\[([^\]]*)(?:\]|$)/y],
  ["number", /0[xX][0-9a-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y],
  ["word", /[A-Za-z_\u0080-\u{10FFFF}][A-Za-z0-9_$\u0080-\u{10FFFF}]*/uy],
];

const POSTGRES: readonly Pattern[] = [
  ["space", /[ \t\n\f\r\v]+|--[^\n\r]*/y],
  ["string", /[eE]'((?:[^'\\]|''|\\[^])*)(?:'|$)/y],
  ["string", /(?:[bBxXnN]|[uU]&)?'((?:[^']|'')*)(?:'|$)/y],
  ["string", /(\$(?:[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$)[^]*?(?:\1|$)/y],
  ["quoted", /(?:[uU]&)?"((?:[^"]|"")*)(?:"|$)/y],
  ["number", /0[xXoObB][0-9a-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y],
  ["word", /[A-Za-z_\u0080-\u{10FFFF}][A-Za-z0-9_$\u0080-\u{10FFFF}]*/uy],
];

function match(
  patterns: readonly Pattern[],
  sql: string,
  at: number,
): { readonly token: SqlToken | null; readonly length: number } {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(sql);
    if (found === null) continue;
    const text = found[1] ?? found[0];
    return { token: kind === "space" ? null : { kind, text }, length: found[0].length };
  }
  return { token: { kind: "symbol", text: sql[at] ?? "" }, length: 1 };
}

/** Comments of Postgres nest. */
function commentEnd(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at++) {
    if (sql.startsWith("/*", at)) depth++;
    else if (sql.startsWith("*/", at)) depth--;
    else continue;
    at++;
    if (depth === 0) return at + 1;
  }
  return sql.length;
}
