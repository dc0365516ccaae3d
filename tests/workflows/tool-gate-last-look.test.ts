/** The last look before a tool runs holds by itself, whatever the workflow says. */
import { expect, test } from "vitest";
import { appBinder } from "../../src/activities/bind-app.ts";
import { armCrashPoints } from "../../src/activities/crash-points.ts";
import { findCall, type FoundCall } from "../../src/activities/tools/find-call.ts";
import type { ActivityHost } from "../../src/activities/host.ts";
import { whyNotApproved } from "../../src/activities/tools/require-approval.ts";
import type { TurnRef } from "../../src/protocol/turn.ts";
import type { HostedApp } from "../../src/specs/hosted-app.ts";
import { pay, payingApp, watchGates } from "../helpers/gated-app.ts";
import { type OpenRuntime, openRuntime } from "../helpers/open-runtime.ts";
import { signedApprovals, signingKey } from "../helpers/signing-key.ts";

function hostOf({ session }: OpenRuntime, app: HostedApp): ActivityHost {
  const crashPoints = armCrashPoints(null, () => undefined);
  const { signal: graceOver } = new AbortController();
  return { store: session.store, bind: appBinder([app], {}).bind, heartbeatMs: 5000, crashPoints, graceOver };
}

test("a call runs only with an approval of this very call that counts in this worker", async () => {
  const { spec } = payingApp();
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const { app } = open.runtime;
  const run = open.runtime.query(JSON.stringify([{ tools: [pay(1), pay(2)] }, { text: "Over." }]), { threadId: "t" });
  const [one, two] = (await gates.untilWaiting(2)).map(({ gate, call }) => ({ id: gate.id, call }));
  const { tenant, workspace } = app;
  const ref: TurnRef = {
    app: app.app,
    tenant,
    workspace,
    threadId: "t",
    runId: run.runId,
    turn: run.runId,
    agent: "boss",
  };
  const callId = one?.call?.callId ?? "";
  const at = (host: HostedApp): Promise<FoundCall> => findCall(hostOf(open, host), { ref, callId });
  const why = async (gate?: string, host = app): Promise<string | undefined> =>
    (await whyNotApproved(await at(host), { ref, callId, ...(gate === undefined ? {} : { gate }) }))?.code;

  expect(await why(undefined)).toBe("APPROVAL_MISSING");
  expect(await why(one?.id)).toBe("APPROVAL_MISSING");
  await open.runtime.respondToApproval(two?.id ?? "", { decision: "approve", by: "ann" });
  expect(await why(two?.id)).toBe("APPROVAL_MISSING");
  expect(await why("gate_of_nobody")).toBe("APPROVAL_MISSING");
  await open.runtime.respondToApproval(one?.id ?? "", { decision: "approve", by: "ann" });

  expect(await why(one?.id)).toBeUndefined();
  expect(await why(one?.id, { ...app, approvals: signedApprovals(signingKey()) })).toBe("APPROVAL_MISSING");
  const found = await at(app);
  const other: FoundCall = { ...found, call: { ...found.call, args: { amount: 1_000_000 } } };
  expect(await whyNotApproved(other, { ref, callId, gate: one?.id ?? "" })).toMatchObject({ code: "APPROVAL_MISSING" });
  expect(await run.result()).toMatchObject({ status: "completed" });
});
