import type { CommandCall, CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";

/** `bridle crashpoints`: where BRIDLE_CRASHPOINT can kill a worker. */
export const CRASHPOINTS: CommandSpec = {
  name: "crashpoints",
  summary: "list the places where BRIDLE_CRASHPOINT=name:n kills the worker, for tests",
  settings: [],
  examples: ["bridle crashpoints --json", "BRIDLE_CRASHPOINT=tool.returned:1 bridle worker --app ./app.ts"],
  run,
};

async function run({ output }: CommandCall): Promise<ExitCode> {
  const { CRASH_POINTS } = await import("../../activities/crash-points.ts");
  for (const name of CRASH_POINTS) output.item({ name }, name);
  output.result(output.mode === "ndjson" ? {} : { crashpoints: CRASH_POINTS }, "");
  return EXIT.ok;
}
