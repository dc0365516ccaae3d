/**
 * Runs every quick gate, two at a time, and prints what each said and how long it took. A gate is a `check:` script
 * of package.json, so that each can also be run alone.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as z from "zod";

interface Outcome {
  readonly name: string;
  readonly output: string;
  readonly passed: boolean;
  readonly seconds: string;
}

/** Needs a build and an installation of its own; .ci/run runs it. */
const SLOW = ["check:package"];
/** More would only make each wait for the others. */
const SIDE_BY_SIDE = 2;

const root = join(import.meta.dirname, "..");
const { scripts } = z
  .looseObject({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
const waiting = Object.keys(scripts).filter((name) => name.startsWith("check:") && !SLOW.includes(name));
const failed: string[] = [];

await Promise.all(Array.from({ length: SIDE_BY_SIDE }, runWaiting));
console.log(failed.length === 0 ? "check: all passed" : `check: FAILED ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function runWaiting(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const outcome = await run(name);
    if (!outcome.passed) failed.push(name);
    console.log(`${outcome.passed ? "ok    " : "FAILED"} ${outcome.name} ${outcome.seconds} s`);
    // What a gate that passed says is noise, except a warning.
    if (!outcome.passed || /^ {2}! /m.test(outcome.output)) console.log(outcome.output.trimEnd());
  }
}

async function run(name: string): Promise<Outcome> {
  const started = performance.now();
  const path = [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
  const env = { ...process.env, PATH: path };
  const child = spawn(scripts[name] ?? "", { cwd: root, shell: true, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { name, output, passed: code === 0, seconds: ((performance.now() - started) / 1000).toFixed(1) };
}
