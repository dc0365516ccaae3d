import * as z from "zod";
import { deepFreeze } from "../../lib/deep-freeze.ts";
import type { ApprovalRule } from "../../protocol/approval.ts";
import { DEFAULT_TOOL_TIMEOUT_MS, MAX_TOOL_TIMEOUT_MS } from "../../protocol/limits/tool.ts";
import { ToolEffects } from "../../protocol/manifest.ts";
import { type ToolApproval, TOOL_PREDICATE_PREFIX, toolRuleField } from "../approval.ts";
import { valueAt } from "../field-path.ts";
import { specIssues } from "../parse-spec.ts";
import {
  type CompiledInputSchema,
  compileInputSchema,
  type InputSchema,
  type SchemaSource,
  type SchemaValue,
} from "../schemas/input-schema.ts";
import { fields, nameField, textField, wholeField } from "../spec-fields.ts";
import { specError, type SpecIssue, specSubject, wrongField } from "../spec-issue.ts";
import type { PredicateContext, ToolContext } from "./tool-context.ts";

/** Decides per call whether a person must approve it. */
export type ApprovalPredicate<Args> = (args: Args, context: PredicateContext) => boolean | Promise<boolean>;

/** What `defineTool` takes. The handler's arguments are inferred from `input`. */
export interface ToolDefinition<Input extends SchemaSource> {
  readonly name: string;
  /** Told to the model; say when to use the tool and what it returns. */
  readonly description: string;
  /** An object: a zod schema, or a JSON Schema that is enforced in full. */
  readonly input: Input;
  /** Runs in the worker. May throw; a RetryableToolError asks for another attempt. */
  readonly handler: (args: SchemaValue<Input>, context: ToolContext) => unknown;
  /** Checks what the handler returns. */
  readonly output?: SchemaSource;
  readonly approval?: ToolApproval | ApprovalPredicate<SchemaValue<Input>>;
  /** What running it does to the world; `none` unless said. A tool with `once` is never tried again. */
  readonly effects?: ToolEffects;
  readonly timeoutMs?: number;
}

/** A tool as agents bind it. The methods are declared as such so that tools with different arguments fit in one list. */
export interface ToolSpec<Args = unknown> {
  readonly kind: "tool";
  readonly name: string;
  readonly description: string;
  readonly input: InputSchema;
  readonly output?: InputSchema;
  /** Null when the tool says nothing. A predicate function is `{kind: "dynamic", value: "tool:<name>"}` here. */
  readonly approval: ApprovalRule | null;
  readonly effects: ToolEffects;
  readonly timeoutMs: number;
  handler(this: void, args: Args, context: ToolContext): unknown;
  predicate?(this: void, args: Args, context: PredicateContext): boolean | Promise<boolean>;
}

const FUNCTION = "a function";
const APPROVAL = '"always", "never", {kind: "always", …}, {kind: "dynamic", value} or a function';

const ToolFields = fields({
  name: nameField,
  description: textField,
  input: z.unknown().optional(),
  handler: z.custom<unknown>((value) => typeof value === "function", { error: FUNCTION }),
  output: z.unknown().optional(),
  approval: z
    .union([z.custom<() => boolean>((value) => typeof value === "function"), toolRuleField], { error: APPROVAL })
    .optional(),
  effects: z
    .enum(ToolEffects.options, { error: `one of ${ToolEffects.options.map((effect) => `"${effect}"`).join(", ")}` })
    .optional(),
  timeoutMs: wholeField(1, MAX_TOOL_TIMEOUT_MS).optional(),
});

/** Declares a tool. Whatever the model sends is checked against `input` before the handler sees it. */
export function defineTool<Input extends SchemaSource>(
  definition: ToolDefinition<Input>,
): ToolSpec<SchemaValue<Input>> {
  const parsed = ToolFields.safeParse(definition);
  const input = argumentsSchema(valueAt(definition, ["input"]));
  const output = optionalSchema(valueAt(definition, ["output"]));
  if (!parsed.success || !input.ok || !output.ok) {
    const issues = [
      ...(parsed.success ? [] : specIssues(parsed.error.issues, definition)),
      ...issuesOf(input),
      ...issuesOf(output),
    ];
    throw specError(specSubject("defineTool", valueAt(definition, ["name"])), issues);
  }
  const { name, description, approval, effects = "none", timeoutMs = DEFAULT_TOOL_TIMEOUT_MS } = parsed.data;
  const isPredicate = typeof definition.approval === "function";
  return deepFreeze({
    kind: "tool",
    name,
    description,
    input: input.input,
    ...(output.input === undefined ? {} : { output: output.input }),
    approval:
      typeof approval === "function"
        ? { kind: "dynamic", value: `${TOOL_PREDICATE_PREFIX}${name}` }
        : (approval ?? null),
    effects,
    timeoutMs,
    handler: definition.handler,
    ...(isPredicate ? { predicate: definition.approval } : {}),
  });
}

/** A model sends one object of arguments, whatever the provider. */
function argumentsSchema(source: unknown): CompiledInputSchema {
  const compiled = compileInputSchema(source, "input");
  const type = compiled.ok ? compiled.input.jsonSchema["type"] : "object";
  if (type === "object") return compiled;
  return {
    ok: false,
    issues: [
      wrongField(
        "input",
        "a schema of one object",
        typeof type === "string" ? `a schema of type "${type}"` : "a schema without one type",
      ),
    ],
  };
}

function optionalSchema(source: unknown): CompiledInputSchema | { readonly ok: true; readonly input: undefined } {
  return source === undefined ? { ok: true, input: undefined } : compileInputSchema(source, "output");
}

function issuesOf(compiled: CompiledInputSchema | { readonly ok: true }): readonly SpecIssue[] {
  return "issues" in compiled ? compiled.issues : [];
}
