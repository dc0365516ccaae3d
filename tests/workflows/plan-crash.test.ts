/** Kills the worker around the actions of a plan; another one takes over, and no action takes effect twice. */
import { expect, test } from "vitest";
import { type ActionRecord, PlanId } from "../../src/protocol/plan.ts";
import { type CrashLab, openCrashLab, THREAD, watchRun } from "../helpers/crash-lab.ts";
import { ask } from "../helpers/crash-script.ts";
import { execute, store } from "../helpers/plan-app.ts";
import { storeOf } from "../helpers/store-of.ts";

const SCRIPT = [ask("planner", store("p1", "a", "b", "c")), ask("executor", execute("p1")), { text: "Done." }];

async function runWithKill(lab: CrashLab, crashPoint: string): Promise<void> {
  const armed = await lab.startWorker(crashPoint);
  const run = await watchRun(lab, lab.runtime.query(JSON.stringify(SCRIPT), { threadId: THREAD }));
  const { signal } = await armed.exited;
  expect(signal).toBe("SIGKILL");
  await lab.hostWorker();
  await run.finished;
}

async function ledger(lab: CrashLab): Promise<readonly ActionRecord["state"][]> {
  const actions = await storeOf(lab).plans.actions(PlanId.parse("p1"));
  return actions.map(({ state }) => state);
}

function applied(lab: CrashLab): readonly string[] {
  return lab.toolCalls().filter((line) => line.startsWith("apply "));
}

test.for(["preflight.done:1", "intent.written:2", "effect.returned:2", "ledger.done:2", "plan.closed:1"])(
  "a plan whose target knows keys is applied whole when the worker dies at %s",
  { timeout: 60_000 },
  async (crashPoint) => {
    await using lab = await openCrashLab({ guarantee: "keyed" });

    await runWithKill(lab, crashPoint);

    expect(await ledger(lab)).toEqual(["done", "done", "done"]);
    expect(new Set(applied(lab)).size).toBe(3);
    expect(applied(lab).length).toBe(crashPoint.startsWith("effect.returned") ? 4 : 3);
  },
);

test(
  "an action that may have taken effect is never called again where the target knows no keys",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab({ guarantee: "none" });

    await runWithKill(lab, "effect.returned:2");

    expect(await ledger(lab)).toEqual(["done", "unknown", "skipped"]);
    expect(applied(lab)).toHaveLength(2);
  },
);
