import { fileURLToPath } from "node:url";
import { Client } from "@temporalio/client";
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkflowBundle } from "@temporalio/worker";
import type { bare } from "./bare-workflow.ts";

/** The activities of the bare workflow. */
export interface BareActivities {
  addOne(sum: number): Promise<number>;
}

/** A worker without anything of ours, and a client that shares its connection as our runtime's does. */
export interface BareWorker extends AsyncDisposable {
  readonly client: Client;
  /** Runs the bare workflow to its result. */
  run(activities: number): Promise<void>;
}

/** The bare workflow, bundled once for all workers of a bench. */
export function bundleBare(): Promise<WorkflowBundle> {
  const workflowsPath = fileURLToPath(new URL("./bare-workflow.ts", import.meta.url));
  return bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("WARN") });
}

/** Starts a bare worker with the settings that our own worker has. */
export async function startBareWorker(address: string, workflowBundle: WorkflowBundle): Promise<BareWorker> {
  const connection = await NativeConnection.connect({ address });
  const taskQueue = "bare";
  const addOne: BareActivities["addOne"] = async (sum) => sum + 1;
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle,
    activities: { addOne },
    stickyQueueScheduleToStartTimeout: "1s",
  });
  const running = worker.run();
  const client = new Client({ connection });
  let count = 0;
  return {
    client,
    async run(activities) {
      const workflowId = `bare-${++count}`;
      await client.workflow.execute<typeof bare>("bare", {
        workflowId,
        taskQueue,
        args: [activities],
        requestEagerStart: true,
      });
    },
    async [Symbol.asyncDispose]() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
