import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readPage } from "../../scripts/docs/read-page.ts";
import { startFakeMessagesApi } from "../../src/testing/index.ts";
import { installInto, openShell, type RunBlock, shellBlocks, writeFiles } from "../helpers/guide-shell.ts";
import { ROOT } from "../helpers/source-files.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const PLAN_ID = /plan-\d{14}/gu;

test("the quickstart runs as written, from the new project to the applied plan", { timeout: 120_000 }, async () => {
  const outside = temporaryFolder();
  const folder = join(outside, "my-agents");
  installInto(outside);
  const elsewhere = await openShell(outside);
  await elsewhere("bridle init my-agents");
  installInto(folder);
  const run = await openShell(folder);

  let planId = "";
  let said = "";
  for (const { code, mark } of shellBlocks("docs/quickstart.md")) {
    if (mark === "in a checkout") continue; // npm installs there; `npm run check:package` shows that it can
    const block = code.replaceAll(PLAN_ID, planId === "" ? "$&" : planId);
    const printed = await run(block, mark === "keeps running" ? /It waits for a person|ready in/u : undefined);
    planId ||= PLAN_ID.exec(printed)?.[0] ?? "";
    said += printed;
  }

  expect(said).toContain(`${planId} is approved`);
  expect(said).toMatch(/0 {2}add_note {2}done/u);
  expect(said).toMatch(/pass 1\b/u);
});

test("README's `Use it` goes from the wish to the effect with a model, and says what is missing without one", async () => {
  const folder = temporaryFolder();
  installInto(folder);
  writeFileSync(join(folder, "use.mts"), blockWith("README.md", "createRuntime("));
  const api = await startFakeMessagesApi();
  onTestFinished(() => api.close());
  const body = { actions: [{ kind: "price_change", product: "Sparkling Water 12pk", price: 6.49 }] };
  const args = { specName: "PricePlan", planId: "plan-1", body };
  api.reply({ toolCalls: [{ name: "storePlan", args }] }, { text: "Stored plan-1." });
  const run = await openShell(folder);

  const keyless = await run("node use.mts");
  const live = `ANTHROPIC_API_KEY=sk-test ANTHROPIC_BASE_URL=${api.url} node use.mts`;
  const said = await runAndApprove(run, live, "plan-1");

  expect(keyless).toContain("ANTHROPIC_API_KEY");
  expect(said).toMatch(/Sparkling Water 12pk costs 6.49 now \S+\nplan-1 is executed\n/u);
}, 90_000);

test("the host code of the guide of plans waits for a person, applies and ends", { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  installInto(folder);
  writeFiles("docs/plans.md", folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "host.ts"), blockWith("docs/plans.md", "plans.store("));
  const run = await openShell(folder);

  const said = await runAndApprove(run, "node host.ts", "spring-1");

  expect(said).toMatch(/^action 0: delist productId: p-9, reason: sold out\n0 delist done\nexecuted\n/mu);
});

test("the guides of the catalog and of knowledge run as written", { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  installInto(folder);
  const pages = ["docs/catalog.md", "docs/knowledge.md"];
  for (const page of pages) writeFiles(page, folder);
  const run = await openShell(folder);

  const printed: string[] = [];
  for (const { code, mark } of pages.flatMap((page) => shellBlocks(page))) {
    if (mark === "") printed.push(await run(code)); // tests/e2e/cli/knowledge.test.ts has the one that asks a model
  }
  const said = printed.join("\n");

  expect(said).toContain("shop.main.orders");
  expect(said).toContain("orders → table:shop.main.order_lines → table:shop.main.products");
  expect(said).toContain("[ 'open order',");
  expect(existsSync(join(folder, "catalog.html"))).toBe(true);
  expect(said).toContain("2 tables, 5 rows to read");
  expect(said).toContain("2 of 2: orders unchanged");
  expect(said).toMatch(/knowledge: 1 file read/u);
});

/** The block of a page that has these words. */
function blockWith(page: string, words: string): string {
  const { fences } = readPage(page, readFileSync(join(ROOT, page), "utf8"));
  return (
    fences.find(({ language, meta, code }) => language === "ts" && meta === "" && code.includes(words))?.code ?? ""
  );
}

/** Runs a program that waits for a plan to be decided, approves from the same folder, and gives all that the program said. */
async function runAndApprove(run: RunBlock, line: string, planId: string): Promise<string> {
  const approve = `until npx bridle approvals approve ${planId} --by ann >approved.txt 2>&1; do :; done`;
  return run(`${approve} &\n${line}\nwait`);
}
