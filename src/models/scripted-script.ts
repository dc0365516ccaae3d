import * as z from "zod";
import { ModelError } from "../protocol/errors.ts";
import { Json } from "../protocol/json.ts";

const Call = z.strictObject({ tool: z.string().min(1), args: z.record(z.string(), Json).default({}) });

/** A tool call as a script writes it. */
export interface ScriptCall {
  readonly tool: string;
  readonly args: { readonly [name: string]: Json };
  /** Where the call stands in the script, for errors. */
  readonly at: string;
}

/** Text or reasoning that goes before the calls of a reply. */
export interface ScriptWords {
  readonly type: "text" | "reasoning";
  readonly text: string;
}

/** One reply of the model. The last one of a script asks for no tool. */
export interface ScriptReply {
  readonly words: readonly ScriptWords[];
  readonly calls: readonly ScriptCall[];
}

/**
 * The replies that a prompt scripts, or undefined when the prompt is ordinary text. A list of objects, or one that names a tool, is
 * meant as a script: it fails when it is malformed.
 */
export function parseScript(prompt: string): readonly ScriptReply[] | undefined {
  const value = parseJson(prompt);
  if (value === undefined) {
    if (/^\s*\[\s*\{\s*"tools?"\s*:/.test(prompt))
      throw scriptError("the prompt", "a JSON array of steps", "text that is not JSON");
    return undefined;
  }
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const entries = value.map(parseEntry);
  if (entries.every((entry) => entry.isOk)) return toReplies(entries.map((entry) => entry.entry));
  if (!value.every(isObject) && !value.some(namesTool)) return undefined;
  throw entries.find((entry) => !entry.isOk)?.error ?? scriptError("the prompt", "a script", "an array");
}

/** A script that cannot be run as written. */
export function scriptError(at: string, expected: string, received: string): ModelError {
  return new ModelError("MODEL_SCRIPT_INVALID", `Script, ${at}: expected ${expected}, received ${received}.`, {
    hint: 'Write steps as {"tool": name, "args": {…}}, {"tools": [{"tool": name, "args": {…}}, …]}, {"text": "…"} or {"reasoning": "…"}.',
  });
}

/** What a value is, in the words of script errors. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

type Entry =
  { readonly kind: "calls"; readonly calls: readonly ScriptCall[] } | ({ readonly kind: "words" } & ScriptWords);

type ParsedEntry =
  { readonly isOk: true; readonly entry: Entry } | { readonly isOk: false; readonly error: ModelError };

const ENTRIES = {
  tool: Call,
  tools: z.strictObject({ tools: z.array(Call).min(1) }),
  text: z.strictObject({ text: z.string() }),
  reasoning: z.strictObject({ reasoning: z.string() }),
};

function parseEntry(value: unknown, index: number): ParsedEntry {
  const at = `[${index}]`;
  const keys = isObject(value) ? Object.keys(value) : undefined;
  const kind = keys?.find((key): key is keyof typeof ENTRIES => Object.hasOwn(ENTRIES, key));
  if (kind === undefined) {
    const received = keys === undefined ? kindOf(value) : `keys ${keys.join(", ") || "(none)"}`;
    return { isOk: false, error: scriptError(at, "one of the keys tool, tools, text, reasoning", received) };
  }
  const parsed = ENTRIES[kind].safeParse(value);
  if (!parsed.success) return { isOk: false, error: issueError(at, value, parsed.error) };
  return { isOk: true, entry: toEntry(parsed.data, at) };
}

function toEntry(data: z.infer<(typeof ENTRIES)[keyof typeof ENTRIES]>, at: string): Entry {
  if ("tool" in data) return { kind: "calls", calls: [{ ...data, at }] };
  if ("tools" in data)
    return { kind: "calls", calls: data.tools.map((call, index) => ({ ...call, at: `${at}.tools.${index}` })) };
  if ("text" in data) return { kind: "words", type: "text", text: data.text };
  return { kind: "words", type: "reasoning", text: data.reasoning };
}

function issueError(at: string, value: unknown, error: z.ZodError): ModelError {
  const issue = error.issues[0];
  const path = issue?.path.map(String) ?? [];
  const where = [at, ...path].join(".");
  if (issue?.code === "unrecognized_keys")
    return scriptError(where, "only the keys of one step", `also ${issue.keys.join(", ")}`);
  const expected = issue?.code === "invalid_type" ? issue.expected : (issue?.message ?? "a step");
  return scriptError(where, expected, kindOf(valueAt(value, path)));
}

/** The value at a path of keys and indexes, or undefined. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (typeof inner !== "object" || inner === null || !Object.hasOwn(inner, key)) return undefined;
    const next: unknown = Reflect.get(inner, key);
    return next;
  }, value);
}

function toReplies(entries: readonly Entry[]): readonly ScriptReply[] {
  const replies: ScriptReply[] = [];
  let words: ScriptWords[] = [];
  for (const entry of entries) {
    if (entry.kind === "words") {
      words.push({ type: entry.type, text: entry.text });
    } else {
      replies.push({ words, calls: entry.calls });
      words = [];
    }
  }
  return [...replies, { words, calls: [] }];
}

function parseJson(text: string): unknown {
  if (!text.trimStart().startsWith("[")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function namesTool(value: unknown): boolean {
  return isObject(value) && ("tool" in value || "tools" in value);
}
