import { type CommandCall, type CommandSpec } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { secretsOf } from "../output/secrets.ts";
import { SCOPE_SETTINGS, SETTINGS } from "../settings/settings.ts";
import { isCut, referenceText } from "../text/reference-text.ts";

/** `bridle references show`: what a reference stands for, from the store. */
export const REFERENCES_SHOW: CommandSpec = {
  name: "references show",
  summary: "show what a reference stands for, how large it is, and which plans hold it",
  argument: { name: "kind", description: "the kind, as the plan names it" },
  secondArgument: { name: "id", description: "the id, as the plan names it" },
  settings: [...SCOPE_SETTINGS, SETTINGS.dataDir, SETTINGS.store],
  examples: [
    "bridle references show ProductSet ref_0123456789abcdef01234567",
    "bridle references show ProductSet ref_0123456789abcdef01234567 --json",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ withScope }, { readReference }] = await Promise.all([
    import("../open/open-scope.ts"),
    import("../../runtime/read-reference.ts"),
  ]);
  const { argument: kind, secondArgument: id = "", output } = call;
  const detail = await withScope(call, (open) => readReference(open, { kind, id }, secretsOf(call.env)));
  output.result({ ...detail }, referenceText(detail));
  if (output.mode === "text" && isCut(detail)) output.hint("The value was cut here; --json shows more of it.");
  return EXIT.ok;
}
