import type { CatalogEntry } from "../../protocol/catalog.ts";
import type { CatalogStore } from "../port.ts";
import { requireEntries } from "./find-paths.ts";

/** The columns of a table in their order, whether they belong to it by their ids or by an edge. */
export async function listFields(store: CatalogStore, table: string): Promise<readonly CatalogEntry[]> {
  await requireEntries(store, [table]);
  const columns = new Map<string, CatalogEntry>();
  const idPrefix = `column:${table.slice(table.indexOf(":") + 1)}.`;
  for (let next: string | null = ""; next !== null;) {
    const page = await store.list({ itemTypes: ["column"], idPrefix, ...(next === "" ? {} : { after: next }) });
    for (const column of page.entries) columns.set(column.id, column);
    next = page.next;
  }
  const contained = (await store.edges([table])).filter(({ type, from }) => type === "contains" && from === table);
  for (const entry of await store.entries(contained.map(({ to }) => to))) {
    if (entry.itemType === "column") columns.set(entry.id, entry);
  }
  return [...columns.values()].sort((a, b) => place(a) - place(b));
}

/** Columns without a place keep the order of the others' ids, after them. */
function place({ metadata }: CatalogEntry): number {
  const ordinal = metadata["ordinal"];
  return typeof ordinal === "number" ? ordinal : Number.MAX_SAFE_INTEGER;
}
