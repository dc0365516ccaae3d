import type { Message } from "../../protocol/message.ts";
import type { ThreadTranscript } from "../../runtime/runs/transcript.ts";
import { argumentOf, type CommandCall, type CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printable, printableLine } from "../output/printable.ts";
import { SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";

/** `bridle threads export`: everything that was said in a conversation. */
export const THREADS_EXPORT: CommandSpec = {
  name: "threads export",
  summary: "print everything that was said in a conversation",
  argument: { name: "thread-id", description: "the conversation" },
  settings: [...SCOPE_SETTINGS, SETTINGS.dataDir, SETTINGS.store],
  examples: ["bridle threads export thread_0k3 --json > thread.json"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { output } = call;
  const [{ withScope }, { findThread }, { readTranscript }] = await Promise.all([
    import("../open/open-scope.ts"),
    import("../../runtime/runs/find-thread.ts"),
    import("../../runtime/runs/transcript.ts"),
  ]);
  const threadId = argumentOf(call, SETTINGS.threadId);
  const transcript = await withScope(call, async (open) =>
    readTranscript(open.store, await findThread(open, threadId)),
  );
  for (const [agent, { messages }] of Object.entries(transcript.agents)) {
    for (const message of messages) output.item({ agent, message });
  }
  const { agents: _agents, ...head } = transcript;
  output.result(output.mode === "ndjson" ? head : { ...transcript }, conversation(transcript));
  return EXIT.ok;
}

function conversation({ agents }: ThreadTranscript): string {
  return Object.entries(agents)
    .map(([agent, { messages }]) => [`# ${printableLine(agent)}`, ...messages.map(paragraph)].join("\n\n"))
    .join("\n\n");
}

function paragraph(message: Message): string {
  return message.parts.map((part) => `${message.role}: ${printable(partText(part))}`).join("\n");
}

function partText(part: Message["parts"][number]): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "reasoning":
      return `(${part.text})`;
    case "tool-call":
      return `-> ${part.name} ${JSON.stringify(part.args)}`;
    case "tool-result":
      return `<- ${part.name}${part.isError ? " failed" : ""}: ${part.content}`;
  }
}
