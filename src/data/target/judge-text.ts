import type { QueryRefusal } from "../port.ts";
import { QUERY_SQL_BYTES, QUERY_TOKENS } from "../../protocol/limits/query.ts";
import { readOnlyRefusal, refusal } from "./refusal.ts";
import { type SqlDialect, type SqlToken, sqlTokens } from "./sql-tokens.ts";

/** The tokens of a query that may be shown to a database, or why it may not. */
export type JudgedText = { readonly tokens: readonly SqlToken[] } | { readonly refused: QueryRefusal };

/** The first look, by tokens: one statement, that begins as a SELECT does, of a bounded size. */
export function judgeText(sql: unknown, dialect: SqlDialect): JudgedText {
  if (typeof sql !== "string" || sql.includes("\0") || !sql.isWellFormed())
    return { refused: refusal("syntax", "the SQL must be a text without NUL characters and broken characters") };
  const bytes = Buffer.byteLength(sql);
  if (bytes > QUERY_SQL_BYTES)
    return {
      refused: refusal(
        "not_allowed",
        `the SQL must have at most ${QUERY_SQL_BYTES} bytes, has ${bytes}`,
        "Use parameters, or fewer values.",
      ),
    };
  const tokens = sqlTokens(sql, dialect, QUERY_TOKENS);
  const counted = tokens.filter(({ kind, text }) => kind === "word" || (kind === "symbol" && !",.;".includes(text)));
  const first = tokens.find(({ text, kind }) => !(kind === "symbol" && text === "("));
  if (first === undefined)
    return { refused: refusal("syntax", "the SQL is empty", "Send one SELECT or WITH statement.") };
  const word = first.kind === "word" ? first.text.toUpperCase() : "";
  if (!STARTS[dialect].includes(word))
    return { refused: readOnlyRefusal(word === "" ? "something else" : word.slice(0, 30)) };
  const end = tokens.findIndex(({ kind, text }) => kind === "symbol" && text === ";");
  if (end >= 0 && tokens.slice(end).some(({ kind, text }) => kind !== "symbol" || text !== ";"))
    return { refused: readOnlyRefusal("a second statement") };
  if (counted.length > QUERY_TOKENS)
    return {
      refused: refusal(
        "not_allowed",
        `the SQL must have at most ${QUERY_TOKENS} words, operators and parentheses`,
        "Ask in smaller steps.",
      ),
    };
  return { tokens };
}

const STARTS: Readonly<Record<SqlDialect, readonly string[]>> = {
  sqlite: ["SELECT", "WITH", "VALUES"],
  postgres: ["SELECT", "WITH", "VALUES", "TABLE"],
};
