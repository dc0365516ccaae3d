import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { ROOT } from "./source-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The built command, as a user runs it. */
export const BIN = join(ROOT, "dist", "cli", "bin.js");
/** The app that tests run. */
export const APP = fileURLToPath(new URL("./cli-app.ts", import.meta.url));

/** A folder of its own and the settings that keep a test's runs apart from those of others on the shared server. */
export interface CliProject {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a finished command left. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface CliProcess {
  readonly child: ChildProcess;
  /** Resolves with the first line of standard output that fits. */
  line(fits: (line: string) => boolean): Promise<string>;
  readonly result: Promise<CliResult>;
}

/** A project in a temporary folder, removed with the test; `env` says where Temporal is, if anywhere. */
export function cliProject(env: Readonly<Record<string, string>> = {}): CliProject {
  const folder = temporaryFolder();
  const name = randomBytes(6).toString("hex");
  return { folder, env: { TEMPORAL_TASK_QUEUE: `queue-${name}`, CLI_TEST_TENANT: `tenant-${name}`, ...env } };
}

/** Runs a command to its end. */
export function bridle(project: CliProject, args: readonly string[], input = ""): Promise<CliResult> {
  return startBridle(project, args, input).result;
}

/** Starts a command; it is killed with the test when it still runs. */
export function startBridle({ folder, env }: CliProject, args: readonly string[], input = ""): CliProcess {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, env: { ...cleanEnvironment(), ...env } });
  onTestFinished(() => void child.kill("SIGKILL"));
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (written.stderr += text));
  const lines = createInterface({ input: child.stdout });
  const seen: string[] = [];
  lines.on("line", (line) => seen.push(line));
  child.stdin.on("error", () => undefined); // a command that ends early does not read it
  child.stdin.end(input);
  const result = new Promise<CliResult>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, ...written }));
  });
  return { child, result, line: (fits) => awaitLine({ lines, seen, fits, result }) };
}

interface LineWish {
  readonly lines: ReturnType<typeof createInterface>;
  readonly seen: readonly string[];
  readonly fits: (line: string) => boolean;
  readonly result: Promise<CliResult>;
}

function awaitLine({ lines, seen, fits, result }: LineWish): Promise<string> {
  const earlier = seen.find(fits);
  if (earlier !== undefined) return Promise.resolve(earlier);
  return new Promise((resolve, reject) => {
    lines.on("line", (line) => void (fits(line) && resolve(line)));
    void result.then(({ code, stdout, stderr }) => reject(new Error(`ended with ${code}: ${stdout}${stderr}`)));
  });
}

/** The environment without anything of the developer's own settings, which must not decide a test. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(?:TEMPORAL_|BRIDLE_|ANTHROPIC_|NO_COLOR|FORCE_COLOR|CI$|NODE_ENV|NODE_OPTIONS|VITEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** A JSON document of an output, with any fields. */
export function parseJson(text: string): Readonly<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

/** Each line of an output as JSON. */
export function parseLines(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text.trimEnd().split("\n").map(parseJson);
}
