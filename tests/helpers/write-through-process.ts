import { openCatalogStore } from "../../src/catalog/open-catalog-store.ts";
import { openCatalogSearch } from "../../src/catalog/search/catalog-search.ts";
import { CatalogEntry } from "../../src/protocol/catalog.ts";

/** Writes tables with their columns to a catalog, then to its index, until it is killed; says after each step what is done. */
const [folder = "", first = "0"] = process.argv.slice(2);
const scope = { tenantId: "acme", workspaceId: "default" };
const store = await openCatalogStore({ kind: "sqlite", url: `sqlite:${folder}/catalog.db`, ensureSchema: true }, scope);
const search = openCatalogSearch(`${folder}/search.db`, store, scope);
for (let number = Number(first); ; number++) {
  const place = `shop.main.t${number % 40}`;
  const metadata = { databaseId: "shop" };
  const content = `Written as number ${number}.`;
  const names = Array.from({ length: 1 + (number % 5) }, (_, index) => `part_${(number * 7 + index) % 11}`);
  const columns = names.map((name) => entry("column", `${place}.${name}`, { name, content, metadata }));
  if (number % 13 === 12) await store.remove([`table:${place}`]);
  else await store.upsert({ entries: [entry("table", place, { name: `sheet_${number}`, metadata }), ...columns] });
  process.send?.({ stored: number });
  await search.follow();
  process.send?.({ followed: number });
}

function entry(itemType: "table" | "column", place: string, more: object): CatalogEntry {
  return CatalogEntry.parse({ id: `${itemType}:${place}`, itemType, qualified_name: place, ...more });
}
