import { spawn } from "node:child_process";
import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { openKeyValueStore } from "../../src/catalog/key-value/open-key-value-store.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { SCOPE, durableCatalogs, entry, openSource, readWhole } from "./catalog-store.ts";
import { type KnowledgeLab, openLab } from "./knowledge-lab.ts";

const GLOSSARY = `---
tags: [stock]
tables: [dim_inventory, no_such_table]
---
# Stock

## Metric: Unit price
What one unit of dim_products costs.

\`\`\`sql
select price from dim_products
\`\`\`

## Glossary
- **SKU**: a sellable unit
`;

describe.each(durableCatalogs)("knowledge in $name", (adapter) => {
  test("documents become entries, linked to what they name and to what their author says", async () => {
    const lab = await openLab(adapter.newUrl(), { "guides/stock.md": GLOSSARY });

    const report = await lab.ingest();

    expect(report).toMatchObject({
      documents: 1,
      items: 2,
      skipped: [],
      files: { read: 1, unchanged: 0, removed: [] },
    });
    expect(report.notes).toEqual([{ path: "guides/stock.md", note: expect.stringContaining("no_such_table") }]);
    const { entries, edges } = await readWhole(lab.catalog);
    const document = entries.find(({ itemType }) => itemType === "document") ?? expect.fail();
    expect(document).toMatchObject({
      name: "Stock",
      qualified_name: "docs/guides/stock.md",
      tags: ["stock"],
      metadata: { mime: "text/markdown", path: "docs/guides/stock.md", origin: "knowledge", status: "active" },
    });
    expect(entries.find(({ id }) => id === "metric:unit-price")).toMatchObject({
      itemType: "metric",
      metadata: { expression: "select price from dim_products" },
    });
    expect(edges.map(({ from, type, to, origin, confidence }) => [from, type, to, origin, confidence])).toEqual(
      expect.arrayContaining([
        [document.id, "documents", "table:shop.main.dim_inventory", "authored", 1],
        [document.id, "mentions", "table:shop.main.dim_products", "inferred", 0.8],
        [document.id, "defines", "metric:unit-price", "authored", 1],
        ["metric:unit-price", "measures", "column:shop.main.dim_products.price", "inferred", 0.8],
      ]),
    );
  });

  test("ingesting again changes only what changed, and what vanished goes with its edges", async () => {
    const lab = await openLab(adapter.newUrl(), {
      "a.md": GLOSSARY,
      "b.txt": "dim_products are sold",
      "c.txt": "kept",
    });
    await lab.ingest();
    const before = await readWhole(lab.catalog);

    const same = await lab.ingest();
    lab.write("b.txt", "dim_inventory is counted");
    lab.remove("a.md");
    const changed = await lab.ingest();

    expect(same).toMatchObject({ files: { read: 0, unchanged: 3 }, catalog: { written: 0, removed: 0 } });
    expect(changed).toMatchObject({ files: { read: 1, unchanged: 1, removed: ["a.md"] }, documents: 2, items: 0 });
    const after = await readWhole(lab.catalog);
    expect(after.entries.filter(({ id }) => id === "metric:unit-price")).toEqual([]);
    expect(after.edges.map(({ type, to }) => [type, to])).toEqual([["mentions", "table:shop.main.dim_inventory"]]);
    lab.write("a.md", GLOSSARY);
    lab.write("b.txt", "dim_products are sold");
    await lab.ingest();
    expect(await readWhole(lab.catalog)).toEqual(before);
  });

  test("the same content at two places is one document, and stays when the first place goes", async () => {
    const lab = await openLab(adapter.newUrl(), { "a.md": GLOSSARY, "copy/b.md": GLOSSARY });

    const twice = await lab.ingest();
    lab.remove("a.md");
    const once = await lab.ingest();

    expect(twice).toMatchObject({ documents: 1, duplicates: [{ path: "docs/copy/b.md", of: "docs/a.md" }] });
    expect(once).toMatchObject({ documents: 1, duplicates: [], files: { read: 0 } });
    const documents = (await readWhole(lab.catalog)).entries.filter(({ itemType }) => itemType === "document");
    expect(documents.map(({ qualified_name }) => qualified_name)).toEqual(["docs/copy/b.md"]);
  });

  test("another folder's documents, another's entries and what was not asked for stay", async () => {
    const lab = await openLab(adapter.newUrl(), { "a.md": GLOSSARY, "b.txt": "text" });
    await lab.catalog.upsert({ entries: [entry("metric:unit-price", { content: "authored by hand" })] });
    await lab.ingest();

    await lab.ingest({ extensions: ["md"] });
    await lab.ingest({ folder: temporaryFolder(), source: "other" });

    const { entries } = await readWhole(lab.catalog);
    expect(entries.filter(({ itemType }) => itemType === "document")).toHaveLength(2);
    expect(entries.find(({ id }) => id === "metric:unit-price")?.content).toBe("authored by hand");
    expect(entries.find(({ name }) => name === "Unit price")?.itemType).toBe("knowledge");
  });

  test("what is gone goes whatever the folder is called, and a folder inside another one is no part of it", async () => {
    const lab = await openLab(adapter.newUrl(), { "a.md": GLOSSARY, "b.txt": "text", "inner/c.txt": "inside" });
    const inner = { folder: join(lab.folder, "inner"), source: "wissen \u{1F4DA}/inner" };
    await lab.ingest({ source: "wissen \u{1F4DA}", extensions: ["md"] });
    await lab.ingest(inner);

    const same = await lab.ingest({ source: "wissen \u{1F4DA}", extensions: ["md"] });
    lab.remove("a.md");
    const gone = await lab.ingest({ source: "wissen \u{1F4DA}", extensions: ["md"] });

    expect(same.files).toEqual({ read: 0, unchanged: 1, removed: [] });
    expect(gone).toMatchObject({ files: { read: 0, removed: ["a.md"] }, documents: 1 });
  });

  test("a later profile gives old documents new links", async () => {
    const lab = await openLab(adapter.newUrl(), { "a.txt": "fact_sales holds every sale" });
    await lab.ingest();

    await lab.catalog.upsert({ entries: [entry("table:shop.main.fact_sales", { name: "fact_sales" })] });
    const again = await lab.ingest();

    expect(again).toMatchObject({ files: { unchanged: 1 }, links: 1 });
    expect((await readWhole(lab.catalog)).edges).toMatchObject([{ to: "table:shop.main.fact_sales" }]);
  });

  test("two workspaces of one database never see each other", async () => {
    const url = adapter.newUrl();
    const acme = await openLab(url, { "a.md": GLOSSARY });
    const analytics = await openLab(url, { "b.txt": "other" }, { tenantId: "acme", workspaceId: "analytics" });
    await acme.ingest();
    const before = await readWhole(acme.catalog);

    const report = await analytics.ingest();

    expect(acme.keyValue.namespace).toBe("acme");
    expect(report).toMatchObject({ namespace: "acme::workspace:analytics", documents: 1, files: { removed: [] } });
    expect(await readWhole(acme.catalog)).toEqual(before);
    expect(await analytics.keyValue.list("", { limit: 10 })).toHaveLength(2);
  });

  test("killed at any step and run again, it shows the same", { timeout: 120_000 }, async () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [`d${n % 3}/f${n}.md`, `${GLOSSARY}\nfile ${n} of dim_products`]),
    );
    const undisturbed = await openLab(adapter.newUrl(), files);
    await undisturbed.ingest();
    const expected = await readWhole(undisturbed.catalog);
    const lab = await openLab(adapter.newUrl(), files);

    for (const step of ["read 1", "read 17", "read 30", "show 1", "show 11", "show 30"])
      await ingestAndKillAt(lab, step);
    await lab.ingest();

    expect(await readWhole(lab.catalog)).toEqual(expected);
  });
});

test("links, deep folders, junk and foreign files are named or left alone, and nothing outside is read", async () => {
  const lab = await openLab(durableCatalogs[0]?.newUrl() ?? "", {
    "good.md": "fine",
    "junk.txt": "\0\0\0",
    "picture.png": "x",
    ".hidden/secret.md": "secret",
    [`${"d/".repeat(40)}deep.md`]: "deep",
    "../outside/secret.md": "secret",
  });
  symlinkSync("..", join(lab.folder, "loop"));
  symlinkSync("../outside/secret.md", join(lab.folder, "linked.md"));
  symlinkSync("/etc", join(lab.folder, "etc"));

  const report = await lab.ingest();

  expect(report).toMatchObject({ documents: 1, files: { read: 1 } });
  expect(report.skipped.map(({ path, reason }) => [path, reason])).toEqual([
    [expect.stringMatching(/^d(?:\/d){32}$/), "deeper than 32 folders"],
    ["etc", "a link; links are not followed"],
    ["junk.txt", "it holds NUL bytes"],
    ["linked.md", "a link; links are not followed"],
    ["loop", "a link; links are not followed"],
  ]);
});

test(
  "ten thousand documents with loops of links are ingested once, and again without a change",
  { timeout: 240_000 },
  async () => {
    const names = Array.from({ length: 10_000 }, (_, n) => [`d${n % 100}/f${n}.txt`, `Note ${n} on dim_products.`]);
    const lab = await openLab(durableCatalogs[0]?.newUrl() ?? "", Object.fromEntries(names));
    symlinkSync("..", join(lab.folder, "d0", "up"));
    symlinkSync(lab.folder, join(lab.folder, "self"));

    const first = await lab.ingest();
    const second = await lab.ingest();

    expect(first).toMatchObject({ documents: 10_000, links: 10_000, files: { read: 10_000 } });
    expect(first.skipped.map(({ path }) => path)).toEqual(["d0/up", "self"]);
    expect(second).toMatchObject({ files: { read: 0, unchanged: 10_000 }, catalog: { written: 0, removed: 0 } });
  },
);

test("a missing store, a catalog that cannot be written and a missing folder are errors that say what to do", async () => {
  const lab = await openLab(durableCatalogs[0]?.newUrl() ?? "", {});

  await expect(openKeyValueStore(undefined, SCOPE)).rejects.toMatchObject({
    code: "KV_MISSING",
    hint: expect.stringContaining("kv"),
  });
  await expect(lab.ingest({ catalog: await openSource({ kind: "empty" }) })).rejects.toMatchObject({
    code: "CATALOG_READ_ONLY",
  });
  await expect(lab.ingest({ folder: join(lab.folder, "none") })).rejects.toMatchObject({ code: "INPUT_INVALID" });
  await expect(lab.ingest({ extensions: ["exe"] })).rejects.toMatchObject({ message: expect.stringContaining("exe") });
});

const PROGRAM = join(import.meta.dirname, "..", "helpers", "knowledge-ingest-process.ts");

async function ingestAndKillAt({ url, folder }: KnowledgeLab, step: string): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, url, folder], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const steps: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    steps.push(line);
    if (line === step) child.kill("SIGKILL");
  });
  await once(child, "close");
  expect(steps).toContain(step);
}
