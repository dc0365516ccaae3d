/** What names a database, and below it a schema, a table and a column. */
export type EntryPath =
  | readonly [database: string]
  | readonly [database: string, schema: string]
  | readonly [database: string, schema: string, table: string]
  | readonly [database: string, schema: string, table: string, column: string];

/** The id of the entry of a database, schema, table or column. It stays the same however often the database is profiled. */
export function entryIdOf(path: EntryPath): string {
  return `${KINDS[path.length - 1]}:${path.map(encoded).join(".")}`;
}

/** How the ids of everything directly or further below a schema or table of one kind begin. */
export function entryIdPrefix(kind: "table" | "column", path: readonly string[]): string {
  return `${kind}:${path.map(encoded).join(".")}.`;
}

const KINDS = ["database", "schema", "table", "column"] as const;

/** Names may hold anything: what has a meaning in ids is written as in URLs. */
function encoded(name: string): string {
  return name
    .toWellFormed()
    .replace(/[.:#%\p{Cc}]/gu, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}
