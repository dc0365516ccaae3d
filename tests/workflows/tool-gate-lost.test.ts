/** What people see of calls whose turn is gone, and of an expiry that somebody made up. */
import { expect, test } from "vitest";
import { ask } from "../helpers/crash-script.ts";
import { pay, payingApp, watchGates } from "../helpers/gated-app.ts";
import { openRuntime } from "../helpers/open-runtime.ts";

test("a call whose turn was terminated leaves the inbox once someone answers it, and is told closed", async () => {
  const { spec, payments } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const run = open.runtime.query(JSON.stringify([pay(5), { text: "Never." }]), { threadId: "t" });
  await run.started;
  const [waiting] = await gates.untilWaiting(1);
  const id = waiting?.gate.id ?? "";
  await open.session.client.workflow.getHandle(waiting?.workflowId ?? "").terminate("by hand");

  const answer = await open.runtime.respondToApproval(id, { decision: "approve", by: "ann" });

  expect(answer).toMatchObject({ kind: "refused", code: "closed" });
  expect((await open.runtime.approvals.list()).items).toEqual([]);
  expect(payments).toEqual([]);
}, 30_000);

test("a routed agent whose turn was terminated leaves no gate behind while its caller goes on", async () => {
  const { spec } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const script = [ask("teller", pay(5)), pay(7), { text: "Over." }];
  const run = open.runtime.query(JSON.stringify(script), { threadId: "t" });
  const [child] = await gates.untilWaiting(1);
  await open.session.client.workflow.getHandle(child?.workflowId ?? "").terminate("by hand");

  await expect
    .poll(async () => (await gates.waiting()).map(({ call }) => call?.turn), { timeout: 10_000 })
    .toEqual([run.runId]);
}, 30_000);

test("an expiry made by hand that names no gate in text is refused like any other", async () => {
  const { spec, payments } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const run = open.runtime.query(JSON.stringify([pay(5), { text: "Over." }]), { threadId: "t" });
  const [waiting] = await gates.untilWaiting(1);
  const handle = open.session.client.workflow.getHandle(waiting?.workflowId ?? "");

  const answer = await handle.executeUpdate("respond", { args: [{ decision: "expire", gate: 5 }] });
  await handle.signal("approve");

  expect(answer).toMatchObject({ kind: "refused", code: "forbidden" });
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(payments).toEqual([5]);
}, 30_000);
