import { basename, resolve } from "node:path";
import { argumentOf, type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { isProjectNode, PROJECT_NODE } from "../init/node-guard.ts";
import { TEMPLATES, type Template } from "../init/templates.ts";
import type { Setting } from "../settings/setting.ts";
import { path } from "../settings/setting-kinds.ts";

const DIRECTORY = path("--directory <path>", "the folder to make");
const TEMPLATE: Setting<Template> = {
  flags: "--template <name>",
  description: `${TEMPLATES.map(({ name }) => name).join(", ")} (${TEMPLATES[0]?.name ?? ""})`,
  expected: `one of ${TEMPLATES.map(({ name }) => name).join(", ")}`,
  parse: (text) => TEMPLATES.find(({ name }) => name === text),
};
const PACKAGE: Setting<string> = {
  flags: "--package <spec>",
  description: "where the project gets bridle from: a version range, a tarball or an address (the version that runs)",
  expected: "what npm can install",
  parse: (text) => (text.trim() === "" ? undefined : text),
};

/** `bridle init`: a new project that runs up to a paused plan without a key. */
export const INIT: CommandSpec = {
  name: "init",
  summary: "make a project that reaches a paused plan without a model key",
  argument: { name: "directory", description: "the folder to make; it must be new or empty" },
  settings: [TEMPLATE, PACKAGE],
  examples: ["bridle init my-agents", "bridle init my-agents --template inventory"],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { writeProject } = await import("../init/write-project.ts");
  const given = argumentOf(call, DIRECTORY);
  const folder = resolve(call.folder, given);
  const template = valueOf(call, TEMPLATE) ?? TEMPLATES[0];
  if (template === undefined) return EXIT.failed;
  const bridle = valueOf(call, PACKAGE);
  const files = await writeProject({ folder, template, ...(bridle === undefined ? {} : { bridle }) });
  const next = [`cd ${given}`, "npm install", "npm start", "npm test"];
  if (!isProjectNode(process.versions.node))
    call.output.warning(`The project needs Node ${PROJECT_NODE}; this is ${process.versions.node}.`);
  call.output.result(
    { folder, template: template.name, files, next },
    [
      `Made ${basename(folder)} from the template ${template.name}: ${files.length} files. Next:`,
      ...next.map(indented),
    ].join("\n"),
  );
  return EXIT.ok;
}

function indented(line: string): string {
  return `  ${line}`;
}
