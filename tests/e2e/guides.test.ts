import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installInto, openShell, shellBlocks, writeFiles } from "../helpers/guide-shell.ts";
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
  expect(said).toMatch(/knowledge: 1 files read/u);
});
