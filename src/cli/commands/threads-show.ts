import { argumentOf, type CommandCall, type CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printableLine } from "../output/printable.ts";
import { table } from "../output/table.ts";
import { SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";

/** `bridle threads show`: where each agent of a conversation stands. */
export const THREADS_SHOW: CommandSpec = {
  name: "threads show",
  summary: "show where each agent of a conversation stands",
  argument: { name: "thread-id", description: "the conversation" },
  settings: [...SCOPE_SETTINGS, SETTINGS.dataDir, SETTINGS.store],
  examples: ["bridle threads show thread_0k3 --json"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ withScope }, { findThread }] = await Promise.all([
    import("../open/open-scope.ts"),
    import("../../runtime/runs/find-thread.ts"),
  ]);
  const threadId = argumentOf(call, SETTINGS.threadId);
  const thread = await withScope(call, (open) => findThread(open, threadId));
  const heads = Object.entries(thread.heads).map(([agent, head]) => [`head of ${printableLine(agent)}`, head]);
  const rows = [
    ["thread", thread.threadId],
    ["created", thread.createdAt],
    ["updated", thread.updatedAt],
    ["last run", thread.lastRunId ?? "-"],
  ];
  call.output.result({ ...thread }, table([...rows, ...heads]));
  return EXIT.ok;
}
