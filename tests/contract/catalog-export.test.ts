import { describe, expect, test } from "vitest";
import { exportCatalog } from "../../src/catalog/export-catalog.ts";
import { readWholeCatalog } from "../../src/catalog/read-whole-catalog.ts";
import { CatalogEntry } from "../../src/protocol/catalog.ts";
import { graphCatalog } from "../helpers/graph-catalog.ts";
import { durableCatalogs, openCatalogAt, openSource, readWhole } from "./catalog-store.ts";

describe.each(durableCatalogs)("an export of a catalog in $name", (adapter) => {
  test("is an inline catalog with the same entries and the same edges", async () => {
    const durable = await openCatalogAt(adapter.newUrl());
    await durable.upsert(graphCatalog(30));

    const exported = exportCatalog(await readWholeCatalog(durable));

    const carried: unknown = JSON.parse(JSON.stringify(exported.entries));
    const inline = await openSource({ kind: "inline", entries: CatalogEntry.array().parse(carried) });
    const [before, after] = [await readWhole(durable), await readWhole(inline)];
    expect(after.edges).toEqual(before.edges);
    const bare = (entries: readonly CatalogEntry[]): readonly object[] =>
      entries.map((entry) => ({ ...entry, related: [] }));
    expect(bare(after.entries)).toEqual(bare(before.entries));
    expect(exportCatalog(after).entries).toEqual(exported.entries);
  });

  test("is heard to stop while it reads, also where a page is there at once", async () => {
    const durable = await openCatalogAt(adapter.newUrl());
    await durable.upsert(graphCatalog(1_000));
    const stop = new AbortController();
    const reason = new Error("Ctrl-C");

    const reading = readWholeCatalog(durable, stop.signal);
    // As a signal of the process: between two turns of the event loop, and never inside one.
    setImmediate(() => stop.abort(reason));

    await expect(reading).rejects.toBe(reason);
  });
});
