import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { RunId, Scope, ThreadId } from "../../src/protocol/ids.ts";
import type { RunPlace } from "../../src/runtime/place.ts";
import type { RunRequest } from "../../src/runtime/runs/start-run.ts";
import { openRuntime, type OpenRuntime, uniqueName } from "./open-runtime.ts";
import { readUntil } from "./read-events.ts";
import { storeOf } from "./store-of.ts";

const HOLD = JSON.stringify([{ tool: "hold", args: {} }, { text: "held" }]);
/** The run that the requests of these tests are for. */
export const RUN = RunId.parse("the-one");

/** A thread that answers one run, and a request for another. */
export interface BusyThread {
  readonly open: OpenRuntime;
  readonly place: RunPlace;
  readonly request: RunRequest;
  /** Ends the run that holds the thread. */
  free(): Promise<void>;
}

/** Opens a runtime whose worker is busy with a run until it is told otherwise. */
export async function busyThread(address?: string): Promise<BusyThread> {
  const held = Promise.withResolvers<void>();
  const hold = defineTool({
    name: "hold",
    description: "Waits.",
    input: { type: "object" },
    handler: async () => held.promise,
  });
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", tools: [hold] });
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] });
  const open = await openRuntime(spec, address === undefined ? {} : { session: { temporal: { address } } });
  const threadId = ThreadId.parse(uniqueName("thread"));
  const first = open.runtime.runSpecialist("worker", HOLD, { threadId });
  await readUntil(first, (event) => event.type === "tool-invocation");
  const { app } = open.runtime;
  const scope = Scope.parse({ tenant: app.tenant, workspace: app.workspace });
  return {
    open,
    place: { app, scope, session: open.session, store: storeOf(open) },
    request: { runId: RUN, threadId, agent: "worker", prompt: "me too", requestedBy: null, whenBusy: "refuse" },
    async free() {
      held.resolve();
      await first.result();
      // Its workflow closes a moment after its last event.
      const handle = open.session.client.workflow.getHandle((await open.runtime.runs.get(first.runId)).workflowId);
      await handle.result().catch(() => undefined);
    },
  };
}
