import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { layoutGraph } from "../../src/catalog/graph/layout-graph.ts";
import { renderGraphPage } from "../../src/catalog/graph/render-graph-page.ts";
import { selectGraph } from "../../src/catalog/graph/select-graph.ts";
import { CatalogEntry } from "../../src/protocol/catalog.ts";
import { bundleGraphPage } from "../../scripts/bundle-graph-page.ts";
import { type BrowserPage, hasBrowser, openBrowser } from "../helpers/chromium.ts";
import { graphCatalog } from "../helpers/graph-catalog.ts";
import { ROOT } from "../helpers/source-files.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const HOSTILE = `</script><img src=x onerror="globalThis.broken=1"><script>globalThis.broken=1</script>`;

test.skipIf(!hasBrowser())(
  "the page opens from a file with no error and no request, and shows hostile text as text",
  async () => {
    const { page } = await openGraph("");

    await page.until('document.querySelector(".viewport canvas") !== null');
    await choose(page, "onerror");

    expect(await page.evaluate('document.querySelector(".inspector h2").textContent')).toBe(HOSTILE);
    expect(await page.evaluate('document.querySelectorAll("img, iframe, .inspector script").length')).toBe(0);
    expect(await page.evaluate("globalThis.broken")).toBeUndefined();
    expect(requests(page)).toEqual([]);
    expect(complaints(page)).toEqual([]);
  },
);

test.skipIf(!hasBrowser())(
  "everything is reached by keys: search, tree, letters, a link of the inspector, and out again",
  async () => {
    const { page } = await openGraph("");

    await page.press("/");
    expect(await page.evaluate("document.activeElement.id")).toBe("search");
    await page.type("order_items");
    await page.press("ArrowDown");
    await page.press("Enter");
    expect(await page.evaluate(TITLE)).toBe("order_items");
    expect(await page.evaluate("decodeURIComponent(location.hash)")).toMatch(/^#table:shop\.\w+\.order_items$/);
    await page.evaluate('document.querySelector(".relations a[href*=table]").focus()');
    await page.press("Enter");
    await page.until(`${TITLE} !== "order_items"`);
    await page.press("Escape");
    expect(await page.evaluate(TITLE)).toBe("Overview");
    expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("treeitem");
  },
);

test.skipIf(!hasBrowser())("the tree follows arrows and letters and says what is open and chosen", async () => {
  const { page } = await openGraph("");

  await page.evaluate(`document.querySelector('[role="treeitem"][tabindex="0"]').focus()`);
  expect(await page.evaluate(FOCUSED)).toBe("shop");
  await page.press("ArrowLeft");
  expect(await page.evaluate("document.activeElement.getAttribute('aria-expanded')")).toBe("false");
  await page.press("ArrowRight");
  await page.press("ArrowRight");
  expect(await page.evaluate(FOCUSED)).toBe("people");
  await page.press("c");
  expect(await page.evaluate(FOCUSED)).toMatch(/^c/);
  await page.press(" ");
  expect(await page.evaluate("document.activeElement.getAttribute('aria-selected')")).toBe("true");
  await page.press("Home");
  expect(await page.evaluate(FOCUSED)).toBe("shop");
});

test.skipIf(!hasBrowser())("asked for, the flat picture shows the same entries, each with its title", async () => {
  const { page, nodeCount } = await openGraph("?2d");

  expect(await page.evaluate('document.querySelector("canvas")')).toBeNull();
  expect(await page.evaluate('document.querySelectorAll(".flat .node > title").length')).toBe(nodeCount);
  await page.evaluate(
    `document.querySelector('.flat [data-id="metric:metric-0"]').dispatchEvent(new MouseEvent("click", { bubbles: true }))`,
  );
  expect(await page.evaluate(TITLE)).toBe("metric-0");
  expect(complaints(page)).toEqual([]);
});

test.skipIf(!hasBrowser())(
  "what a relation rests on is told by its line, in the legend and in the flat picture",
  async () => {
    const { page } = await openGraph("?2d");

    const drawn = await page.evaluate(`["declared", "inferred", "authored"].map((look) => {
    const line = document.querySelector(".flat .edge." + look);
    return getComputedStyle(line).strokeDasharray.replace(/[\\d.]+/g, (n) => Math.round(n / ${UNIT}));
  })`);
    const legend = await page.evaluate('[...document.querySelectorAll(".legend .line")].map((it) => it.className)');
    await choose(page, "metric-0");
    const chosen = await page.evaluate(
      '[...document.querySelectorAll(".flat .own")].map((it) => it.getAttribute("class"))',
    );

    expect(drawn).toEqual(["none", "7px, 5px", "2px, 4px"]);
    expect(legend).toEqual(["line declared", "line inferred", "line authored"]);
    expect(chosen).toEqual(["edge authored own"]);
  },
);

test.skipIf(!hasBrowser()).each([
  [1280, 657, "3d"],
  [1280, 657, "2d"],
  [390, 844, "3d"],
  [390, 844, "2d"],
])("at %i by %i the legend covers nothing of the %s picture, and no side cuts a name", async (width, height, mode) => {
  const { page } = await openGraph(mode === "2d" ? "?2d" : "");
  await page.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  const names = mode === "2d" ? ".flat .named text" : ".labels span";
  await page.until(`innerWidth === ${width} && ${NAMES(names)}.length > 5`);

  await page.until(
    `${NAMES(names)}.every(({ left, right }) => left >= ${SEEN}.left - 1 && right <= ${SEEN}.right + 1)`,
  );

  expect(await page.evaluate(`${SEEN}.bottom <= document.querySelector(".foot").getBoundingClientRect().top`)).toBe(
    true,
  );
  expect(await page.evaluate(`${SEEN}.height > ${height} / 3`)).toBe(true);
  await save(page, `${width}-${mode}`);
});

test.skipIf(!hasBrowser())("a cut is said on the screen", async () => {
  const { page } = await openGraph("", 12);

  expect(await page.evaluate('document.querySelector(".cut").textContent')).toMatch(/12 of \d+ entries/);
});

/** How much of the flat picture a point of the screen is. */
const UNIT = 'getComputedStyle(document.querySelector(".flat")).getPropertyValue("--unit")';
const SEEN = 'document.querySelector(".flat, .deep").getBoundingClientRect()';
/** Where the names are that can be seen. */
const NAMES = (selector: string): string =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].map((it) => it.getBoundingClientRect()).filter(({ width }) => width > 0)`;
const TITLE = 'document.querySelector(".inspector h2").textContent';
const FOCUSED = 'document.activeElement.querySelector(".name").textContent';

async function choose(page: BrowserPage, words: string): Promise<void> {
  await page.evaluate('document.getElementById("search").focus()');
  await page.type(words);
  await page.press("Enter");
}

async function openGraph(
  query: string,
  maxNodes = 500,
): Promise<{ readonly page: BrowserPage; readonly nodeCount: number }> {
  const folder = temporaryFolder();
  await bundleGraphPage(ROOT, folder);
  const [script, style] = await Promise.all(
    ["graph-page.js", "graph-page.css"].map((name) => readFile(join(folder, name), "utf8")),
  );
  const catalog = graphCatalog(40);
  const hostile = CatalogEntry.parse({
    id: `table:${HOSTILE}`,
    itemType: "table",
    name: HOSTILE,
    qualified_name: HOSTILE,
    content: HOSTILE,
    tags: [HOSTILE],
    metadata: { [HOSTILE]: HOSTILE },
  });
  const entries = [...catalog.entries, hostile];
  const graph = await layoutGraph(
    selectGraph({ entries, edges: catalog.edges, title: HOSTILE, includeColumns: false, maxNodes }),
  );
  const file = join(folder, "graph.html");
  await writeFile(file, renderGraphPage(graph, { script: script ?? "", style: style ?? "" }));
  const page = await openBrowser();
  onTestFinished(() => page[Symbol.asyncDispose]());
  await page.open(`${pathToFileURL(file).href}${query}`);
  await page.until('document.querySelector(".inspector h2") !== null');
  return { page, nodeCount: graph.nodes.length };
}

/** Every address that the page asked for besides its own file. */
function requests({ happenings }: BrowserPage): readonly string[] {
  const sent = happenings.filter(({ method }) => method === "Network.requestWillBeSent");
  return sent.map(({ params }) => JSON.stringify(params)).filter((text) => !text.includes('graph.html"'));
}

/** Exceptions, messages of the console and refusals of the policy; what the graphics driver says of its speed is none. */
function complaints({ happenings }: BrowserPage): readonly string[] {
  const told = ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"];
  const said = happenings.filter(({ method }) => told.includes(method)).map(({ params }) => JSON.stringify(params));
  return said.filter((text) => !text.includes("GL Driver Message"));
}

/** For people who want to look themselves. */
async function save(page: BrowserPage, name: string): Promise<void> {
  const folder = process.env["BRIDLE_SCREENSHOTS"];
  if (folder !== undefined) await writeFile(join(folder, `graph-${name}.png`), await page.screenshot());
}
