/** Kills the worker around what takes actions back; another one takes over, and nothing is taken back twice. */
import { expect, test } from "vitest";
import { type CrashLab, openCrashLab } from "../helpers/crash-lab.ts";
import { priceBody } from "../helpers/plan-app.ts";
import type { Undone } from "../../src/runtime/plans/compensate-plan.ts";

/** A plan of three actions fails at the last one; the worker dies while the other two are taken back. */
async function undoneWithKill(lab: CrashLab, crashPoint: string): Promise<Undone> {
  const { plans } = lab.runtime;
  const armed = await lab.startWorker(crashPoint);
  await plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a", "b", "broken") });
  expect(await plans.execute("p1", { waitMs: 20_000 })).toMatchObject({ status: "failed" });
  const compensating = plans.compensate("p1", { by: "ann" });
  const { signal } = await armed.exited;
  expect(signal).toBe("SIGKILL");
  await lab.hostWorker();
  return compensating;
}

function takenBack(lab: CrashLab): readonly string[] {
  return lab.toolCalls().filter((line) => /^apply \S+\.undo$/.test(line));
}

// The plan itself passes the points of its two applied actions and, but for the end of it, of the one that is refused.
test.for([
  "decision.recorded:1",
  "preflight.done:2",
  "intent.written:5",
  "effect.returned:5",
  "ledger.done:5",
  "plan.closed:2",
])(
  "an undo whose target knows keys takes everything back when the worker dies at %s",
  { timeout: 60_000 },
  async (crashPoint) => {
    await using lab = await openCrashLab({ guarantee: "keyed" });

    const { undo } = await undoneWithKill(lab, crashPoint);

    expect(undo).toMatchObject({ planId: "p1.undo", status: "executed" });
    expect((await lab.runtime.plans.actions("p1.undo")).map(({ state }) => state)).toEqual(["done", "done"]);
    expect(new Set(takenBack(lab)).size).toBe(2);
    expect(takenBack(lab)).toHaveLength(crashPoint.startsWith("effect.returned") ? 3 : 2);
  },
);

test(
  "what may have been taken back is never called again where the target knows no keys",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab({ guarantee: "none" });

    const { undo } = await undoneWithKill(lab, "effect.returned:5");

    expect(undo.status).toBe("failed");
    expect((await lab.runtime.plans.actions("p1.undo")).map(({ state }) => state)).toEqual(["done", "unknown"]);
    expect(takenBack(lab)).toHaveLength(2);
  },
);
