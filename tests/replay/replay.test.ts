/**
 * Recorded histories of turns and plans against the workflow code as it is now. Temporal's replay notices a command that is missing, new or
 * of another kind; the recording interceptor notices arguments, which replay takes as they come.
 */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bundleWorkflowCode, DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from "@temporalio/worker";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { PlanStatus } from "../../src/protocol/plan.ts";
import { type Command, jsonOf, RecordedHistory, recordedCommands, workflowIdOf } from "./commands.ts";
import { withChangedArgument, withLongerTimer, withoutActivity, withRenamedActivity } from "./edit-history.ts";

const THREE_DAYS_MS = 3 * 24 * 60 * 60 * 1000;
const FOLDER = join(import.meta.dirname, "histories");
const histories = new Map(
  globSync("*.json", { cwd: FOLDER })
    .sort()
    .map((file) => [
      basename(file, ".json"),
      RecordedHistory.parse(JSON.parse(readFileSync(join(FOLDER, file), "utf8"))),
    ]),
);

let recordingBundle: { readonly code: string };

beforeAll(async () => {
  // The tests that break a history on purpose would fill the output with warnings.
  const logging = { filter: makeTelemetryFilterString({ core: "ERROR" }) };
  Runtime.install({ logger: new DefaultLogger("ERROR"), telemetryOptions: { logging } });
  recordingBundle = await bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, "..", "..", "src", "workflows", "index.ts"),
    workflowInterceptorModules: [join(import.meta.dirname, "recording-interceptor.ts")],
    logger: new DefaultLogger("WARN"),
  });
});

test("every kind of end and every place where a turn waits was recorded", () => {
  const kinds = new Set([...histories.values()].map((history) => history.events.at(-1)?.eventType));
  const open = [...histories.keys()].filter((name) => name.startsWith("open-"));

  expect([...kinds]).toEqual(
    expect.arrayContaining([
      "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED",
      "EVENT_TYPE_WORKFLOW_EXECUTION_FAILED",
      "EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED",
      "EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
    ]),
  );
  expect(open).toEqual(["open-child", "open-gate", "open-model", "open-plan", "open-retry", "open-tool"]);
});

test.for(PlanStatus.options)("a plan that is %s was recorded, and its workflow as far as it goes", (status) => {
  const commands = recordedCommands(historyOf(`plan-${status}`));
  const last = commands.at(-1);

  expect(commands[0]).toMatchObject({ name: "openPlanGate" });
  if (status === "draft") expect(commands).toHaveLength(1);
  else if (status === "approved") expect(last).toMatchObject({ name: "answerPlanGate" });
  else if (status === "executing") expect(last).toMatchObject({ name: "dispatchAction" });
  else expect(last).toMatchObject({ kind: "complete", args: [{ status }] });
});

test("all recorded histories replay on the workflow bundle as it is shipped", async () => {
  const entries = [...histories.values()].map((history) => ({ workflowId: workflowIdOf(history), history }));
  const options = { workflowBundle: { codePath: inject("workflowBundlePath") }, debugMode: true };

  const failures: unknown[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(options, entries)) {
    if (error !== undefined) failures.push({ workflowId, error });
  }

  expect(failures).toEqual([]);
});

describe("the workflow code asks for the same as when it was recorded", () => {
  test.for([...histories])("%s", async ([, history]) => {
    const { commands, error } = await replay(history);

    expect(error).toBeUndefined();
    expect(commands.map(jsonOf)).toEqual(recordedCommands(history).map(jsonOf));
  });
});

test("a gate of three days expires when they have passed on workflow time", async () => {
  const recorded = historyOf("plan-expired"); // its gate waited for a second
  const long = withLongerTimer(recorded, THREE_DAYS_MS - 1_000);
  const { commands, error } = await replay(long);

  expect(error).toBeUndefined();
  expect(commands.map(jsonOf)).toEqual(recordedCommands(long).map(jsonOf));
  const [timer] = commands.filter(({ kind }) => kind === "timer");
  expect(timer?.args[0]).toBeGreaterThan(THREE_DAYS_MS - 5_000);
  expect(timer?.args[0]).toBeLessThanOrEqual(THREE_DAYS_MS);
  expect(commands.at(-1)).toMatchObject({ kind: "complete", args: [{ status: "expired" }] });
});

describe("these tests can fail", () => {
  test("an argument that changed passes Temporal's replay and is noticed here", async () => {
    const changed = withChangedArgument(historyOf("tools"), "runTool", (argument) => ({
      ...(argument as object),
      callId: "call_other",
    })); // inputs of activities are objects
    const { commands, error } = await replay(changed);

    expect(error).toBeUndefined();
    expect(commands.map(jsonOf)).not.toEqual(recordedCommands(changed).map(jsonOf));
  });

  test("a gate whose time has not come when its timer fires waits on", async () => {
    const long = withLongerTimer(historyOf("plan-expired"), THREE_DAYS_MS);
    const tooEarly = withLongerTimer(historyOf("plan-expired"), THREE_DAYS_MS - 60_000);
    const events = long.events.map((event, index) => ({
      ...event,
      eventTime: tooEarly.events[index]?.eventTime ?? event.eventTime,
    }));

    const { commands, error } = await replay({ ...long, events });

    expect(error).toMatchObject({ name: "DeterminismViolationError" });
    expect(commands.filter(({ kind }) => kind === "timer")).toHaveLength(2);
  });

  test("an activity that the recorded code did not call breaks the replay", async () => {
    const { error } = await replay(withoutActivity(historyOf("tools"), "runTool"));

    expect(error).toMatchObject({ name: "DeterminismViolationError" });
  });

  test("an activity that is called in the place of another breaks the replay", async () => {
    const { error } = await replay(withRenamedActivity(historyOf("open-tool"), "runTool", "runAnything"));

    expect(error).toMatchObject({ name: "DeterminismViolationError" });
  });
});

interface Replayed {
  readonly commands: readonly Command[];
  readonly error: unknown;
}

async function replay(history: RecordedHistory): Promise<Replayed> {
  const commands: Command[] = [];
  const issued = { fn: (_info: unknown, command: Command) => void commands.push(command), callDuringReplay: true };
  const options = { workflowBundle: recordingBundle, debugMode: true, sinks: { commands: { issued } } };
  const failure = await Worker.runReplayHistory(options, history, workflowIdOf(history)).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { commands, error: failure };
}

function historyOf(name: string): RecordedHistory {
  return histories.get(name) ?? expect.unreachable(`there is no recorded history "${name}"`);
}
