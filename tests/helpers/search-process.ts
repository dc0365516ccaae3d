import { setImmediate } from "node:timers/promises";
import { openCatalogStore } from "../../src/catalog/open-catalog-store.ts";
import { openCatalogSearch } from "../../src/catalog/search/catalog-search.ts";

/** Searches the same catalog over and over in a process of its own until told to stop, then reports what went wrong. */
const [url = "", path = ""] = process.argv.slice(2);
const scope = { tenantId: "acme", workspaceId: "default" };
const store = await openCatalogStore({ kind: "sqlite", url, ensureSchema: false }, scope);
const search = openCatalogSearch(path, store, scope);
const report = { searches: 0, wrong: 0, errors: [] as string[] };
const state = { isStopped: false };
process.on("message", () => (state.isStopped = true));
process.send?.("ready");
while (!state.isStopped) {
  try {
    const [first] = await search.search("order total amounts");
    report.searches++;
    if (first?.id !== "table:shop.main.orders") report.wrong++;
  } catch (error) {
    report.errors.push(String(error));
  }
  await setImmediate();
}
process.send?.(report, () => process.disconnect());
search.close();
await store.close();
