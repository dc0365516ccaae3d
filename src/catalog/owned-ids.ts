/** What begins every id of the entries that an entry owns by its id; empty when it owns none. */
export function ownedPrefixes(id: string): readonly string[] {
  const at = id.indexOf(":");
  const kind = id.slice(0, at);
  const name = id.slice(at + 1);
  if (name === "") return [];
  return OWNED.get(kind)?.(name, id) ?? [];
}

const OWNED: ReadonlyMap<string, (name: string, id: string) => readonly string[]> = new Map([
  ["database", (name) => [`schema:${name}.`, `table:${name}.`, `column:${name}.`]],
  ["schema", (name) => [`table:${name}.`, `column:${name}.`]],
  ["table", (name) => [`column:${name}.`]],
  ["document", (name, id) => [`chunk:${name}#`, `chunk:${id}#`, `knowledge:${name}#`, `knowledge:${id}#`]],
]);
