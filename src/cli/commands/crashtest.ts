import type { HostedApp } from "../../specs/hosted-app.ts";
import { type CommandCall, type CommandSpec, isOn, valueOf } from "../command.ts";
import type { CrashInput } from "../crashtest/crash-input.ts";
import type { JudgedRun } from "../crashtest/crash-report.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { InputRequired } from "../failure.ts";
import { hostedWorkspace } from "../open/hosted-workspace.ts";
import { projectOf } from "../open/project.ts";
import { printableLine } from "../output/printable.ts";
import { table } from "../output/table.ts";
import { SETTINGS, SWITCHES } from "../settings/settings.ts";
import { untilStopped } from "../stop-signal.ts";

/** `bridle crashtest`: kills the worker at every boundary of a plan's dispatch and says what the target was left with. */
export const CRASHTEST: CommandSpec = {
  name: "crashtest",
  summary: "kill the worker at every boundary of a plan's dispatch; the app's target IS called",
  settings: [
    SETTINGS.app,
    SETTINGS.workspace,
    SETTINGS.crashPlan,
    SETTINGS.crashScript,
    SETTINGS.effects,
    SETTINGS.dataDir,
  ],
  switches: [SWITCHES.yes],
  examples: [
    "bridle crashtest --app ./app.ts --plan plan.json --effects 'node count-effects.js' --yes",
    "bridle crashtest --app ./app.ts --script prompt.json --effects http://localhost:8080/effects --yes --json",
  ],
  run,
};

const WARNING =
  "a crash test calls the target of the app for real, a dozen times and more, and approves every gate by itself";

async function run(call: CommandCall): Promise<ExitCode> {
  const { output, folder, env } = call;
  const [{ readCrashInput }, { loadApp }, { appFileOf }] = await Promise.all([
    import("../crashtest/crash-input.ts"),
    import("../open/load-app.ts"),
    import("../open/open-app.ts"),
  ]);
  const app = appFileOf(call);
  const input = readCrashInput(folder, {
    plan: valueOf(call, SETTINGS.crashPlan),
    script: valueOf(call, SETTINGS.crashScript),
  });
  if (!isOn(call, SWITCHES.yes)) throw notAgreed();
  const loaded = await loadApp({ app, folder, env, interpreter: "scripted", scriptedWithoutKey: true });
  const hosted = hostedWorkspace(loaded, valueOf(call, SETTINGS.workspace));
  output.warning(`${WARNING}: app ${loaded.name}, workspace ${hosted.workspace}`);
  return untilStopped(({ signal }) => crash(call, { app, hosted, input, signal }));
}

interface Crashing {
  readonly app: string;
  readonly hosted: HostedApp;
  readonly input: CrashInput;
  readonly signal: AbortSignal;
}

async function crash(call: CommandCall, { app, hosted, input, signal }: Crashing): Promise<ExitCode> {
  const { output, folder, env } = call;
  const [{ openCrashLab }, { crashTest }, { reportRows, verdictText }] = await Promise.all([
    import("../crashtest/crash-lab.ts"),
    import("../crashtest/crash-test.ts"),
    import("../crashtest/crash-report.ts"),
  ]);
  const onProgress = (line: string): void => output.progress(`temporal: ${line}`);
  await using lab = await openCrashLab({ app, folder, env, hosted, projectHome: projectOf(call).home, onProgress });
  const from = valueOf(call, SETTINGS.effects);
  const effects = from === undefined ? null : { from, folder, env };
  const report = await crashTest({ lab, input, effects, signal, onRun: (judged, at) => tellRun(call, judged, at) });
  output.result({ ...report }, table(reportRows(report).map((row) => row.map(printableLine))));
  for (const { at, action, fate, because } of report.findings)
    output.line(`${at}: action ${action} ${fate}, because ${printableLine(because)}`);
  output.line(verdictText(report));
  return report.verdict === "safe" ? EXIT.ok : EXIT.failed;
}

function notAgreed(): InputRequired {
  return new InputRequired("INPUT_INVALID", `Nothing was done: ${WARNING}.`, {
    hint: "Point the app at a target that may be changed, then give --yes.",
  });
}

function tellRun(
  { output }: CommandCall,
  { boundary, wasKilled, planIds, actions }: JudgedRun,
  at: { readonly done: number; readonly total: number },
): void {
  output.item({ killedAt: boundary?.point ?? null, wasKilled, planIds, actions });
  output.advance({ ...at, message: boundary === null ? "without a kill" : `killed ${boundary.label}` });
}
