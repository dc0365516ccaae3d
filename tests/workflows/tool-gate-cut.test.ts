/** A history that refused answers have filled is cut while calls wait; they go on waiting in a fresh one. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { pay, payingApp, watchGates } from "../helpers/gated-app.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { type OwnServer, startOwnServer } from "../helpers/own-server.ts";
import { ofType, readEvents, toolResults } from "../helpers/read-events.ts";

let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer(["limit.historyCount.suggestContinueAsNew=60"]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test(
  "calls wait on across histories with their deadline, their approvals and their queue",
  { timeout: 60_000 },
  async () => {
    const { spec, payments } = payingApp({ approval: { kind: "always", min: 2, expiresInMs: 3_600_000 } });
    await using open = await openRuntime(spec, {
      session: { temporal: { address: server.address, taskQueue: "cut" } },
    });
    const gates = watchGates(open);
    const script = [
      { tools: [pay(1), { tool: "look", args: {} }, pay(2), { tool: "nothing", args: {} }] },
      { text: "Over." },
    ];
    const run = open.runtime.query(JSON.stringify(script), { threadId: "t" });
    const reading = readEvents(run);
    const before = await gates.untilWaiting(2);
    const [first, second] = before.map(({ gate }) => gate.id);
    const queued = open.runtime.query(JSON.stringify([{ text: "Next." }]), { threadId: "t", whenBusy: "queue" });
    await queued.started;
    const handle = open.session.client.workflow.getHandle(before[0]?.workflowId ?? "");
    const history = async (): Promise<string> => (await handle.describe()).runId;
    const begun = await history();
    await open.runtime.respondToApproval(first ?? "", { decision: "approve", by: "ann" });

    for (let refused = 0; refused < 40; refused++)
      await handle.executeUpdate("respond", { args: [{ decision: "approve", by: "ann", gate: first }] });
    expect(await history()).not.toBe(begun);
    expect(await gates.waiting()).toEqual(before);
    await open.runtime.respondToApproval(second ?? "", { decision: "reject", by: "cy" });
    expect(await open.runtime.respondToApproval(first ?? "", { decision: "approve", by: "bo" })).toMatchObject({
      kind: "counted",
      status: "approved",
    });

    const events = await reading;
    expect(ofType(events, "approval-required")).toHaveLength(2);
    expect(toolResults(events).map(({ tool, isError }) => [tool, isError])).toEqual(
      expect.arrayContaining([
        ["pay", false],
        ["pay", true],
        ["look", false],
        ["nothing", true],
      ]),
    );
    expect(toolResults(events)).toHaveLength(4);
    expect(payments).toHaveLength(1);
    expect(await queued.result()).toMatchObject({ status: "completed", text: "Next." });
  },
);
