import { expect, test } from "vitest";
import { ask } from "../../helpers/crash-script.ts";
import { pay, payingApp, watchGates } from "../../helpers/gated-app.ts";
import { serveRuntimes } from "../../helpers/serve-runtimes.ts";

test("a routed agent's call is listed with its root, shown whole, and decided once by its gate", async () => {
  const { spec, payments } = payingApp();
  const { here, call } = await serveRuntimes(spec);
  const script = JSON.stringify([ask("teller", pay(5), { text: "Paid." }), { text: "Done." }]);
  const run = here.runtime.query(script, { runId: "r1", threadId: "t1" });
  const [waiting] = await watchGates(here).untilWaiting(1);
  const id = waiting?.gate.id ?? "";
  const decide = (json: unknown): ReturnType<typeof call> =>
    call(`/api/approvals/${id}/decisions`, { method: "POST", json });

  const list = await call("/api/approvals");
  const before = await call(`/api/approvals/${id}`);
  const stale = await decide({ decision: "approve", by: "Bo", contentHash: "0".repeat(64) });
  const edited = await decide({ decision: "edit", by: "Bo", edits: { amount: 1 } });
  const byHash = await decide({ decision: "edit", by: "Bo", editsHash: "0".repeat(64) });
  const bare = await decide({ decision: "revise", by: "Bo" });
  const refusedSoFar = await call(`/api/approvals/${id}`);
  const wrong = await decide({ decision: "maybe" });
  const approved = await decide({ decision: "approve", by: "Bo", decisionId: "d1" });
  const again = await decide({ decision: "approve", by: "Bo", decisionId: "d1" });
  await run.result();
  const after = await call(`/api/approvals/${id}`);

  const shown = {
    id,
    kind: "tool",
    tool: "pay",
    runId: "r1",
    threadId: "t1",
    turn: "r1/teller/1",
    requestedBy: "teller",
  };
  expect(list.json).toMatchObject({ schemaVersion: 1, items: [shown], next: null });
  expect(before.json).toMatchObject({ ...shown, status: "open", args: { amount: 5 }, rule: { kind: "always" } });
  expect(stale).toMatchObject({ status: 409, json: { result: { code: "plan_hash_mismatch" } } });
  expect(edited).toMatchObject({ status: 422, json: { result: { code: "invalid_edit" } } });
  expect(byHash).toMatchObject({ status: 400, json: { error: { message: expect.stringContaining("editsHash") } } });
  expect(wrong).toMatchObject({
    status: 400,
    json: { error: { code: "INPUT_INVALID", hint: expect.stringContaining("decision, decisionId?, ") } },
  });
  expect(bare).toMatchObject({ status: 422, json: { result: { code: "note_missing" } } });
  expect(list.json).toMatchObject({ items: [{ refusedCount: 0 }] });
  expect(refusedSoFar.json).toMatchObject({ refusedCount: 3 });
  expect(approved).toMatchObject({ status: 200, json: { result: { kind: "counted", status: "approved" } } });
  expect(again).toMatchObject({ status: 409, json: { result: { code: "already_decided" } } });
  expect(after.json).toMatchObject({
    status: "closed",
    decisions: [
      { refused: "plan_hash_mismatch" },
      { refused: "invalid_edit" },
      { refused: "note_missing" },
      { decisionId: "d1", refused: null, channel: "http" },
      { decisionId: "d1", refused: "already_decided" },
    ],
  });
  expect((await call("/api/approvals")).json).toMatchObject({ items: [] });
  expect(payments).toEqual([5]);
});

test("a gate of another workspace is not there, and the page and the decision are checked", async () => {
  const { spec } = payingApp();
  const { here, call, otherWorkspace } = await serveRuntimes(spec);
  const run = here.runtime.query(JSON.stringify([pay(5), { text: "Paid." }]));
  const [waiting] = await watchGates(here).untilWaiting(1);
  const path = `/api/approvals/${waiting?.gate.id}`;

  const elsewhere = await call(`${path}?workspace=${otherWorkspace}`);
  const decided = await call(`${path}/decisions?workspace=${otherWorkspace}`, {
    method: "POST",
    json: { decision: "approve" },
  });
  const wrong = await call(`${path}/decisions`, { method: "POST", json: { decision: "aprove" } });
  const page = await call("/api/approvals?limit=0");

  expect(elsewhere).toMatchObject({ status: 404, json: { error: { code: "GATE_UNKNOWN" } } });
  expect(decided).toMatchObject({ status: 404, json: { result: { code: "unknown_plan" } } });
  expect(wrong).toMatchObject({ status: 400, json: { error: { code: "INPUT_INVALID" } } });
  expect(page).toMatchObject({ status: 400 });
  await here.runtime.cancel(run.runId);
  await run.result();
});
