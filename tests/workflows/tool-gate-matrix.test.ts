/** Every kind of call at its gate, on the real server: nothing of it happens before the decision, and only an approval makes it happen. */
import * as z from "zod";
import { expect, test } from "vitest";
import { defineCoordinator, defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import type { RuntimeSpec } from "../../src/specs/runtime-spec.ts";
import { ask } from "../helpers/crash-script.ts";
import { watchGates } from "../helpers/gated-app.ts";
import { openRuntime } from "../helpers/open-runtime.ts";
import { readEvents } from "../helpers/read-events.ts";

const once = { tool: "once", args: {} };
const silent = { tool: "silent", args: {} };
const end = { text: "Over." };

/** Each script comes to one gate; what it does is a line of the log. */
const KINDS = {
  "a tool of the coordinator": [once, end],
  "a tool of a child": [ask("helper", once, end), end],
  "a tool that says nothing, under an agent's rule": [ask("kit", silent, end), end],
  "a tool after one that was refused its arguments": [{ tool: "once", args: { no: 1 } }, once, end],
  "a routed agent": [ask("guarded", { tool: "free", args: {} }, end), end],
} as const;

function appWith(log: string[], isGuarded: boolean): RuntimeSpec {
  const tool = (name: string, approval?: "always"): ReturnType<typeof defineTool> =>
    defineTool({
      name,
      description: "d",
      input: z.strictObject({}),
      effects: "once",
      handler: () => log.push(name),
      ...(approval === undefined ? {} : { approval }),
    });
  const base = { model: "m", prompt: "p" };
  const routes = ["helper", "kit", "guarded"];
  const toolApprovals = isGuarded ? { call_agent: "always" as const } : {};
  return defineRuntime({
    tenant: defineTenant("acme", "1"),
    agents: [
      defineCoordinator({ ...base, name: "boss", routes, tools: [tool("once", "always")], toolApprovals }),
      defineSpecialist({ ...base, name: "helper", tools: [tool("once", "always")] }),
      defineSpecialist({ ...base, name: "kit", tools: [tool("silent")], approval: "always" }),
      defineSpecialist({ ...base, name: "guarded", tools: [tool("free")] }),
    ],
  });
}

const CASES = Object.entries(KINDS).flatMap(([kind, script]) =>
  (["approve", "reject", "cancel"] as const).map((answer) => ({ kind, script, answer })),
);

test.each(CASES)("$kind runs only when it is approved: $answer", async ({ kind, script, answer }) => {
  const log: string[] = [];
  await using open = await openRuntime(appWith(log, kind === "a routed agent"));
  const gates = watchGates(open);
  const run = open.runtime.query(JSON.stringify(script), { threadId: "t" });
  const reading = readEvents(run);
  const [waiting] = await gates.untilWaiting(1);
  expect(log).toEqual([]);

  if (answer === "cancel") await open.runtime.cancel(run.runId);
  else await open.runtime.respondToApproval(waiting?.gate.id ?? "", { decision: answer, by: "ann" });

  await reading;
  expect(log).toHaveLength(answer === "approve" ? 1 : 0);
  expect(await run.result()).toMatchObject({ status: answer === "cancel" ? "cancelled" : "completed" });
  expect(await gates.waiting()).toEqual([]);
});
