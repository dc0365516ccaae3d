import { mkdirSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { layoutGraph } from "../../src/catalog/graph/layout-graph.ts";
import { renderGraphPage } from "../../src/catalog/graph/render-graph-page.ts";
import { selectGraph } from "../../src/catalog/graph/select-graph.ts";
import { bundleGraphPage } from "../../scripts/bundle-graph-page.ts";
import { contentOf, newCatalog, profile, profileTargets } from "../contract/profile-lab.ts";
import { CHINOOK } from "../helpers/chinook.ts";
import { type BrowserPage, hasBrowser, openBrowser } from "../helpers/chromium.ts";
import { NORTHWIND } from "../helpers/northwind.ts";
import { sampleStatements } from "../helpers/sample-schema.ts";
import { ROOT } from "../helpers/source-files.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

describe.each(profileTargets)("the graph of real schemas in $name", ({ name, open }) => {
  test.skipIf(!hasBrowser())("has every table in sight, no name over another, and its facts beside it", async () => {
    const page = await openRealGraph(open);

    await page.until('document.querySelector(".viewport canvas") !== null');
    await save(page, `${name}-deep`);
    await page.evaluate('document.querySelector(".flat") ?? document.querySelector("header button").click()');
    await page.until('document.querySelectorAll(".flat .named").length > 0');
    await save(page, `${name}-flat`);
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect(await page.evaluate(overlapping(".flat .named text"))).toEqual([]);
    expect(await page.evaluate(overlapping(".flat .node.table > :nth-child(2)"))).toEqual([]);
    await page.evaluate('document.getElementById("search").focus()');
    await page.type("order_details");
    await page.press("Enter");
    await page.until('document.querySelector(".inspector h2").textContent === "order_details"');
    await save(page, `${name}-chosen`);
    const inspector = String(await page.evaluate('document.querySelector(".inspector").innerText'));
    expect(inspector).toMatch(/order_id[\s\S]*product_id/);
    expect(inspector).toMatch(/inferred/);
    expect(await page.evaluate(overlapping(".flat .near.named text"))).toEqual([]);
  });
});

/** Nodes that are not in the picture. */
const OUTSIDE = `(() => {
  const view = document.querySelector(".flat").getBoundingClientRect();
  return [...document.querySelectorAll(".flat .node")].filter((node) => {
    const box = node.querySelector(":nth-child(2)").getBoundingClientRect();
    return box.left < view.left || box.right > view.right || box.top < view.top || box.bottom > view.bottom;
  }).map((node) => node.dataset.id);
})()`;

/** Pairs of elements that lie over each other by more than a pixel. */
function overlapping(selector: string): string {
  return `(() => {
    const all = [...document.querySelectorAll(${JSON.stringify(selector)})].filter((it) => it.getClientRects().length > 0);
    const boxes = all.map((it) => ({ id: it.closest("[data-id]").dataset.id, box: it.getBoundingClientRect() }));
    return boxes.flatMap((a, n) => boxes.slice(n + 1).filter((b) =>
      a.box.left + 1 < b.box.right && b.box.left + 1 < a.box.right && a.box.top + 1 < b.box.bottom && b.box.top + 1 < a.box.bottom
    ).map((b) => [a.id, b.id]));
  })()`;
}

async function openRealGraph(open: (typeof profileTargets)[number]["open"]): Promise<BrowserPage> {
  const catalog = await newCatalog();
  for (const [sample, databaseId, hasForeignKeys] of [
    [CHINOOK, "chinook", true],
    [NORTHWIND, "northwind", false],
  ] as const) {
    const target = await open();
    await target.execute(...sampleStatements(sample, { hasForeignKeys }));
    await profile(target, catalog, { databaseId });
  }
  const selection = { ...(await contentOf(catalog)), title: "acme / default", includeColumns: false, maxNodes: 500 };
  const folder = temporaryFolder();
  await bundleGraphPage(ROOT, folder);
  const [script = "", style = ""] = await Promise.all(
    ["graph-page.js", "graph-page.css"].map((file) => readFile(join(folder, file), "utf8")),
  );
  const file = join(folder, "graph.html");
  await writeFile(file, renderGraphPage(await layoutGraph(selectGraph(selection)), { script, style }));
  const page = await openBrowser();
  onTestFinished(() => page[Symbol.asyncDispose]());
  await page.open(pathToFileURL(file).href);
  await page.until('document.querySelector(".inspector h2") !== null');
  return page;
}

/** For people who want to look themselves. */
async function save(page: BrowserPage, name: string): Promise<void> {
  const folder = process.env["BRIDLE_SCREENSHOTS"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `graph-${name}.png`), await page.screenshot());
}
