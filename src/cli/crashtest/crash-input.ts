import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as z from "zod";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { InputError } from "../../protocol/errors.ts";
import type { ReferenceHandle } from "../../protocol/plan.ts";

/** A plan to crash: its kind, its body, and the values that its references stand for. */
const PlanFile = z.strictObject({
  plan: z.string().min(1),
  body: z.unknown(),
  references: z.record(z.string(), z.strictObject({ kind: z.string().min(1), value: z.unknown() })).optional(),
});
type PlanFile = z.infer<typeof PlanFile>;

/** What every run of a crash test does: the same plan, or the same script, each time under another name. */
export type CrashInput =
  { readonly kind: "plan"; readonly plan: PlanFile } | { readonly kind: "script"; readonly text: string };

/** What a script writes where the name of the run goes, so that no two runs share a plan. */
export const RUN_NAME = "{{run}}";

/** Reads the file of `--plan` or `--script`; exactly one of them must be given. */
export function readCrashInput(
  folder: string,
  given: { readonly plan: string | undefined; readonly script: string | undefined },
): CrashInput {
  const { plan, script } = given;
  if (plan !== undefined && script === undefined) return { kind: "plan", plan: readPlanFile(resolve(folder, plan)) };
  if (script !== undefined && plan === undefined) return { kind: "script", text: readScript(resolve(folder, script)) };
  throw new InputError("INPUT_INVALID", "A crash test needs exactly one of --plan and --script.", {
    hint: "docs/crashtest.md shows both files.",
  });
}

/** The body with a handle in place of every `{"$reference": name}`. */
export function withHandles(body: unknown, handles: ReadonlyMap<string, ReferenceHandle>): unknown {
  if (Array.isArray(body)) return body.map((item: unknown) => withHandles(item, handles));
  if (typeof body !== "object" || body === null) return body;
  const named = ReferenceName.safeParse(body);
  if (!named.success)
    return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, withHandles(value, handles)]));
  const handle = handles.get(named.data.$reference);
  if (handle !== undefined) return handle;
  const known = [...handles.keys()].join(", ") || "none";
  throw new InputError(
    "INPUT_INVALID",
    `The body names the reference "${named.data.$reference}": expected one of \`references\` (${known}).`,
  );
}

const ReferenceName = z.strictObject({ $reference: z.string() });

function readPlanFile(file: string): PlanFile {
  const parsed = PlanFile.safeParse(readJson("--plan", file));
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`).join("; ");
  throw new InputError("INPUT_INVALID", `--plan ${file} is no plan to crash: ${told}.`, {
    hint: 'It is {"plan": name, "body": {…}, "references": {name: {"kind": …, "value": …}}}.',
  });
}

function readScript(file: string): string {
  const text = JSON.stringify(readJson("--script", file));
  if (text.includes(RUN_NAME)) return text;
  throw new InputError(
    "INPUT_INVALID",
    `--script ${file} must name its plans with ${RUN_NAME}: expected it in a planId.`,
    {
      hint: `Write "planId": "${RUN_NAME}", so that the plan of every run is another one.`,
    },
  );
}

function readJson(flag: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const said = thrownMessage(error);
    throw new InputError("INPUT_INVALID", `${flag} ${file} must be a JSON file: ${said}.`, { cause: error });
  }
}
