import type { CommandCall, CommandSpec } from "../command.ts";
import type { Check } from "../doctor/check.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printable } from "../output/printable.ts";
import type { Style } from "../output/style.ts";
import {
  APP_SETTINGS,
  APPROVAL_SETTINGS,
  DATA_SCOPE_SETTINGS,
  HTTP_SETTINGS,
  PLACE_SETTINGS,
  SWITCHES,
} from "../settings/settings.ts";

/** `bridle doctor`: what works here, what does not, and what to do about it. Starts nothing, and changes nothing without `--fix`. */
export const DOCTOR: CommandSpec = {
  name: "doctor",
  summary: "check this machine and project, and say what to do about what is wrong",
  settings: [...APP_SETTINGS, ...PLACE_SETTINGS, ...HTTP_SETTINGS, ...APPROVAL_SETTINGS, ...DATA_SCOPE_SETTINGS],
  switches: [SWITCHES.live, SWITCHES.fix],
  examples: [
    "bridle doctor",
    "bridle doctor --json",
    "bridle doctor --data-environment data.json",
    "bridle doctor --app ./app.ts --live",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { output } = call;
  const { examine } = await import("../doctor/examine.ts");
  const report = await examine(call);
  for (const check of report.checks) output.item(check, line(check, output.style.stdout));
  const { checks, ...rest } = report;
  output.result(output.mode === "ndjson" ? rest : { ...rest, checks }, "");
  return checks.some(({ status }) => status === "fail") ? EXIT.failed : EXIT.ok;
}

const COLORS = { ok: "green", warn: "yellow", fail: "red" } as const;

function line({ name, status, message, fix }: Check, style: Style): string {
  const said = `${style(COLORS[status], status.padEnd(4))}  ${name.padEnd(16)}  ${printable(message)}`;
  return fix === undefined
    ? said
    : `${said}\n${" ".repeat(24)}fix: ${printable(fix).replaceAll("\n", `\n${" ".repeat(29)}`)}`;
}
