import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openRuntime } from "../app.ts";
import { Notebook } from "../notebook.ts";
import { storyScript } from "../story.ts";

void test("a plan waits for a person and is applied once", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "notes-"));
  const notebook = join(folder, "notes.tsv");
  const runtime = openRuntime(
    { workspace: "default", interpreter: "scripted" },
    { home: join(folder, ".bridle"), notebook },
  );
  t.after(async () => {
    await runtime.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let waited = false;
  for await (const event of runtime.query(storyScript("plan-1"))) {
    if (event.type !== "approval-required") continue;
    assert.deepEqual(new Notebook(notebook).lines(), waited ? new Notebook(notebook).lines() : []);
    waited = true;
    await runtime.respondToApproval("plan-1", { decision: "approve", by: "test" });
  }

  assert.equal(waited, true);
  assert.equal((await runtime.plans.get("plan-1")).status, "executed");
  assert.equal(new Notebook(notebook).lines().length, 1);
});
