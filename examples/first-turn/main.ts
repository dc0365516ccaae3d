import { createRuntime, type RunEvent } from "bridle";
import { runtimeSpec } from "./app.ts";
import { story } from "./story.ts";

const runtime = createRuntime(runtimeSpec, {
  app: "first-turn",
  interpreter: "scripted",
  onProgress: (line) => console.error(line),
});

console.log("Starting (the first start fetches or builds the Temporal server, which can take minutes) …");
await runtime.ready();
console.log("A coordinator, a specialist and a tool, each turn a Temporal workflow:\n");

const run = runtime.query(story);
for await (const event of run) print(event);

const record = await run.result();
console.log(`\nRun ${record.runId} ${record.status}. Its workflow: ${record.workflowId}`);
console.log(`Read it again at any time:  npx bridle runs events ${record.runId}`);
await runtime.close();

function print(event: RunEvent): void {
  const line = describe(event);
  if (line !== undefined) console.log(`${String(event.seq).padStart(3)}  ${event.agent.padEnd(14)} ${line}`);
}

function describe(event: RunEvent): string | undefined {
  switch (event.type) {
    case "step-start":
      return `step ${event.step}`;
    case "text":
      return `says: ${event.text}`;
    case "tool-agent":
      return event.state === "call" ? `asks ${event.agentName}` : `${event.agentName} answered: ${event.result}`;
    case "tool-invocation":
      return event.state === "call"
        ? `calls ${event.toolName} ${JSON.stringify(event.args)}`
        : `${event.toolName} returned ${JSON.stringify(event.result)}`;
    case "finish":
      return `finished (${event.reason}): ${event.text}`;
    default:
      return undefined;
  }
}
