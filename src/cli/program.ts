import { Command, type CommanderError, Option } from "commander";
import { InputError } from "../protocol/errors.ts";
import type { CommandSpec } from "./command.ts";
import { GLOBAL_FLAGS } from "./settings/global-flags.ts";
import { type GivenFlags, flagName, type Switch } from "./settings/setting.ts";

/** A command that was recognised, with what was given to it. */
export interface ParsedCall {
  readonly spec: CommandSpec;
  readonly argument: string;
  readonly secondArgument: string;
  readonly flags: GivenFlags;
}

/** What reading a command line came to. */
export type Parsed =
  | { readonly kind: "call"; readonly call: ParsedCall }
  /** Help or the version, already in its final form. */
  | { readonly kind: "shown"; readonly text: string }
  | { readonly kind: "refused"; readonly error: InputError; readonly flags: GivenFlags };

/** The words of the program and its commands; where help goes is the caller's business. */
export interface ProgramSetup {
  readonly commands: readonly CommandSpec[];
  readonly version: string;
}

/** Reads a command line without running anything. */
export async function parseCommandLine(setup: ProgramSetup, args: readonly string[]): Promise<Parsed> {
  const shown: string[] = [];
  let call: ParsedCall | undefined;
  const program = buildProgram(setup, (found) => (call = found));
  const output = { writeOut: (text: string) => void shown.push(text), writeErr: () => undefined };
  let at = program;
  for (const command of withInner(program)) {
    command.configureOutput(output).exitOverride((error) => {
      at = command;
      throw error;
    });
  }
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!isCommanderError(error)) throw error;
    if (error.exitCode === 0) return { kind: "shown", text: shown.join("") };
    return { kind: "refused", error: usageError(error, at), flags: program.opts() };
  }
  return call === undefined ? { kind: "refused", error: noCommand(program), flags: {} } : { kind: "call", call };
}

function buildProgram({ commands, version }: ProgramSetup, onCall: (call: ParsedCall) => void): Command {
  const program = new Command("bridle")
    .description("Durable agents on Temporal: run them, watch them, look after them.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", EXAMPLES);
  for (const flag of GLOBAL_FLAGS) program.addOption(toOption(flag));
  for (const spec of commands) {
    const words = spec.name.split(" ");
    const groups = words.slice(0, -1);
    const parent = groups.reduce(
      (above, _, index) => groupOf(above, { path: groups.slice(0, index + 1), commands }),
      program,
    );
    addCommand(parent, { spec, name: words.at(-1) ?? spec.name, onCall });
  }
  return program;
}

function withInner(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withInner)];
}

interface CommandWish {
  readonly spec: CommandSpec;
  readonly name: string;
  readonly onCall: (call: ParsedCall) => void;
}

function addCommand(parent: Command, { spec, name, onCall }: CommandWish): void {
  const command = parent.command(name).description(spec.summary).allowExcessArguments(false);
  if (spec.argument !== undefined) command.argument(`<${spec.argument.name}>`, spec.argument.description);
  const { secondArgument } = spec;
  if (secondArgument !== undefined) command.argument(`<${secondArgument.name}>`, secondArgument.description);
  for (const setting of spec.settings) command.addOption(toOption(setting));
  for (const option of spec.switches ?? []) command.addOption(toOption(option));
  command.addHelpText("after", examplesText(spec.examples));
  command.action(() => {
    const [argument = "", second = ""] = command.args;
    onCall({ spec, argument, secondArgument: second, flags: givenFlags(command) });
  });
}

const GROUPS: Readonly<Record<string, string>> = {
  runs: "look at runs and cancel them",
  plans: "look at plans, stop them, settle what is in doubt, take back what was applied",
  references: "look at what the references of plans stand for",
  approvals: "see what waits for a person, and answer it",
  threads: "look at conversations",
  data: "what agents know of a database: profiles, catalog, documents",
  "data profile": "look at a database and keep what was found in the catalog",
  "data knowledge": "documents that say what data means",
  "data catalog": "the catalog and its search index",
  "data catalog index": "the search index of the catalog",
};

interface GroupWish {
  readonly path: readonly string[];
  readonly commands: readonly CommandSpec[];
}

/** The help of a group shows the first example of each of its commands. */
function groupOf(above: Command, { path, commands }: GroupWish): Command {
  const name = path.at(-1) ?? "";
  const existing = above.commands.find((command) => command.name() === name);
  if (existing !== undefined) return existing;
  const inner = commands.filter((spec) => spec.name.startsWith(`${path.join(" ")} `));
  const lines = inner.flatMap(({ examples: [first] }) => (first === undefined ? [] : [first]));
  return above
    .command(name)
    .description(GROUPS[path.join(" ")] ?? "")
    .addHelpText("after", examplesText(lines));
}

function examplesText(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}

interface Flag extends Switch {
  readonly env?: string;
  readonly isRepeatable?: boolean;
}

function toOption({ flags, description, env, isRepeatable }: Flag): Option {
  const option = new Option(flags, env === undefined ? description : `${description} (env: ${env})`);
  // Commander files `--no-x` under x with the default true; ours are facts of their own.
  const name = flagName(flags);
  option.attributeName = () => name;
  if (option.negate) option.negate = false;
  if (isRepeatable === true)
    option.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
  return option;
}

function givenFlags(command: Command): GivenFlags {
  const flags: unknown = command.optsWithGlobals();
  return typeof flags === "object" && flags !== null ? { ...flags } : {};
}

function isCommanderError(error: unknown): error is CommanderError {
  return (
    error instanceof Error && "exitCode" in error && "code" in error && String(error.code).startsWith("commander.")
  );
}

/** Commander's words, as one of our errors: its suggestion becomes the hint. */
function usageError(error: CommanderError, command: Command): InputError {
  if (error.code === "commander.help") return noCommand(command);
  const [first = "", suggestion] = error.message.replace(/^error: /, "").split(/\n\(|\s\((?=Did you mean)/);
  const meant = suggestion?.replace(/\)$/, "");
  const hint = meant === undefined ? `\`${pathOf(command)} --help\` shows how it is used.` : meant;
  return new InputError("INPUT_INVALID", `Wrong command line: ${first.replace(/\.$/, "")}.`, { hint });
}

function noCommand(group: Command): InputError {
  const names = group.commands.map((command) => command.name()).join(", ");
  return new InputError("INPUT_INVALID", "A command is missing.", { hint: `One of ${names}; see \`bridle --help\`.` });
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

const EXAMPLES = `
Examples:
  $ bridle dev --app ./app.ts
  $ bridle run --app ./app.ts --prompt "list the products you have"
  $ bridle runs list --json
  $ bridle doctor`;
