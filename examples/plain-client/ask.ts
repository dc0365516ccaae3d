/**
 * Runs a turn with nothing but the Temporal client. A worker that hosts the app must run, for example:
 *
 *   npx bridle dev --app examples/first-turn/app.ts --interpreter scripted --no-studio
 *   TEMPORAL_ADDRESS=… npx node examples/plain-client/ask.ts "hello"
 */
import { Client, Connection } from "@temporalio/client";

const [prompt = "hello", agent] = process.argv.slice(2);
const { TEMPORAL_ADDRESS: address = "127.0.0.1:7233", TEMPORAL_TASK_QUEUE: taskQueue = "bridle" } = process.env;

const connection = await Connection.connect({ address });
const client = new Client({ connection });

const threadId = `plain-${Date.now()}`;
const handle = await client.workflow.start("agentTurn", {
  taskQueue,
  workflowId: `first-turn/default/thread/${threadId}`,
  args: [{ app: "first-turn", threadId, prompt, ...(agent === undefined ? {} : { agent }) }],
});
const result: unknown = await handle.result();
console.log(JSON.stringify(result, null, 2));

await connection.close();
