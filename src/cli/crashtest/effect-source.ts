import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { preview } from "../../lib/cap-text.ts";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { InputError } from "../../protocol/errors.ts";

/** Asks the target how often each action of a plan took effect, by the action's index or idempotency key. */
export interface EffectSource {
  /** An address to get, or a command of the shell; both learn the plan's id and print JSON. */
  readonly from: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How often something took effect, by its name: counts, or one entry for each effect. */
const Effects = z.union([
  z.record(z.string(), z.number().int().nonnegative()),
  z.array(z.union([z.string(), z.number().int().nonnegative()])),
]);

/** What the target says about one plan. */
export async function effectsOf(source: EffectSource, planId: string): Promise<ReadonlyMap<string, number>> {
  const said = /^https?:\/\//.test(source.from) ? await fetched(source, planId) : await printed(source, planId);
  const parsed = Effects.safeParse(jsonOf(said));
  if (!parsed.success)
    throw wrong(
      `expected an object of counts or a list, by action index or idempotency key; received ${preview(said, SHOWN)}`,
    );
  if (!Array.isArray(parsed.data)) return new Map(Object.entries(parsed.data));
  const counts = new Map<string, number>();
  for (const name of parsed.data) counts.set(String(name), (counts.get(String(name)) ?? 0) + 1);
  return counts;
}

async function fetched({ from }: EffectSource, planId: string): Promise<string> {
  const url = new URL(from);
  url.searchParams.set("planId", planId);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) });
    if (answer.ok) return await answer.text();
    throw new Error(`status ${answer.status}`);
  } catch (error) {
    throw wrong(`${url.origin}${url.pathname} did not answer: ${thrownMessage(error)}`);
  }
}

async function printed({ from, folder, env }: EffectSource, planId: string): Promise<string> {
  const child = spawn(from, {
    shell: true,
    cwd: folder,
    env: { ...env, BRIDLE_PLAN_ID: planId },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: ASK_MS,
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code === 0 ? "" : (signal ?? `exit code ${code}`)));
  });
  const [said, complained, trouble] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (trouble === "") return said;
  throw wrong(`the command ended with ${trouble}: ${preview(complained.trim(), SHOWN)}`);
}

function jsonOf(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined; // told as what was received
  }
}

function wrong(what: string): InputError {
  return new InputError("INPUT_INVALID", `--effects: ${what}.`, {
    hint: 'It answers {"0": 1, "1": 1} or ["key", …] for the plan BRIDLE_PLAN_ID (?planId= of an address); docs/crashtest.md.',
  });
}

const ASK_MS = 30_000;
const SHOWN = 200;
