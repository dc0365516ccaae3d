import { expect, test } from "vitest";
import type { CommandSpec } from "../../../src/cli/command.ts";
import { COMMANDS as ALL } from "../../../src/cli/commands.ts";
import { type Parsed, parseCommandLine } from "../../../src/cli/program.ts";
import { SETTINGS, SWITCHES } from "../../../src/cli/settings/settings.ts";

const run = async (): Promise<0> => 0;
const COMMANDS: readonly CommandSpec[] = [
  {
    name: "run",
    summary: "runs",
    settings: [SETTINGS.prompt, SETTINGS.runId],
    switches: [SWITCHES.noWorker],
    examples: ["bridle run"],
    run,
  },
  {
    name: "runs show",
    summary: "shows",
    argument: { name: "run-id", description: "the run" },
    settings: [],
    examples: ["bridle runs show r1"],
    run,
  },
  {
    name: "data profile estimate",
    summary: "estimates",
    settings: [SETTINGS.table],
    switches: [SWITCHES.noSamples],
    examples: ["bridle data profile estimate"],
    run,
  },
];

function parse(...args: readonly string[]): Promise<Parsed> {
  return parseCommandLine({ commands: COMMANDS, version: "1.2.3" }, args);
}

async function refusal(...args: readonly string[]): Promise<{ message: string; hint: string | undefined }> {
  const parsed = await parse(...args);
  if (parsed.kind !== "refused") throw new Error(`expected a refusal, received ${parsed.kind}`);
  return { message: parsed.error.message, hint: parsed.error.hint };
}

test("global flags may stand before or after the command", async () => {
  const before = await parse("--output", "ndjson", "run", "--prompt", "hi");
  const after = await parse("run", "--prompt", "hi", "--output", "ndjson");

  expect(before).toMatchObject({ kind: "call", call: { flags: { output: "ndjson", prompt: "hi" } } });
  expect(after).toEqual(before);
});

test("a switch is there or not, and --no-… is no other flag's opposite", async () => {
  expect(await parse("run", "--no-worker")).toMatchObject({ call: { flags: { "no-worker": true } } });
  expect(await parse("run")).toMatchObject({ call: { flags: {}, spec: { name: "run" } } });
});

test("a command of a group takes its argument", async () => {
  expect(await parse("runs", "show", "r1", "--json")).toMatchObject({
    call: { argument: "r1", flags: { json: true }, spec: { name: "runs show" } },
  });
});

test("version and help are shown, help with examples", async () => {
  expect(await parse("--version")).toEqual({ kind: "shown", text: "1.2.3\n" });
  expect(await parse("runs", "show", "--help")).toMatchObject({
    kind: "shown",
    text: expect.stringContaining("$ bridle runs show r1"),
  });
});

test("a mistyped command or flag comes with the one that was meant", async () => {
  expect(await refusal("rum")).toEqual({
    message: "Wrong command line: unknown command 'rum'.",
    hint: "Did you mean run?",
  });
  expect(await refusal("run", "--promt", "x")).toEqual({
    message: "Wrong command line: unknown option '--promt'.",
    hint: "Did you mean --prompt?",
  });
});

test("a missing command, value or argument and an extra one are refused with where to look", async () => {
  expect(await refusal()).toMatchObject({ message: "A command is missing." });
  expect(await refusal("runs")).toEqual({
    message: "A command is missing.",
    hint: "One of show; see `bridle --help`.",
  });
  expect(await refusal("run", "--prompt")).toMatchObject({ hint: "`bridle run --help` shows how it is used." });
  expect(await refusal("runs", "show")).toMatchObject({ message: expect.stringContaining("run-id") });
  expect(await refusal("runs", "show", "a", "b")).toMatchObject({
    message: expect.stringContaining("too many arguments"),
  });
});

test("a command may stand in groups inside groups, and a repeatable flag keeps every value", async () => {
  const parsed = await parse("data", "profile", "estimate", "--table", "a", "--table", "b", "--no-samples");
  const group = await refusal("data", "profile");
  const mistyped = await refusal("data", "profile", "estimat");

  expect(parsed).toMatchObject({
    kind: "call",
    call: { spec: { name: "data profile estimate" }, flags: { table: ["a", "b"], "no-samples": true } },
  });
  expect(group).toEqual({ message: "A command is missing.", hint: "One of estimate; see `bridle --help`." });
  expect(mistyped.message + String(mistyped.hint)).toContain("estimate");
});

test("the help of every group says what it is for and shows an example of each command", async () => {
  const groups = new Set(
    ALL.flatMap(({ name }) =>
      name
        .split(" ")
        .slice(0, -1)
        .map((_, index, words) => words.slice(0, index + 1).join(" ")),
    ),
  );

  for (const group of groups) {
    const help = await parseCommandLine({ commands: ALL, version: "1.2.3" }, [...group.split(" "), "--help"]);
    const examples = ALL.filter(({ name }) => name.startsWith(`${group} `)).map(({ examples: [first] }) => first);

    expect(help).toMatchObject({ kind: "shown", text: expect.stringMatching(/^Usage: .*\n\n[a-z]/) });
    for (const example of examples) expect(help).toMatchObject({ text: expect.stringContaining(`  $ ${example}\n`) });
  }
  expect([...groups]).toEqual(
    expect.arrayContaining(["runs", "plans", "approvals", "threads", "data", "data catalog index"]),
  );
});
