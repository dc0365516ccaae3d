import * as z from "zod";
import { ApprovalDefaults, type ApprovalRule, ApprovalSetting } from "./approval.ts";
import { ContentHash, TenantId } from "./ids.ts";
import { JsonObject } from "./json.ts";

/**
 * A spec compiled to JSON: everything about an app that is data. Handlers, schemas and predicates stay in the worker process.
 * The same spec always compiles to the same manifest and hash.
 */

export const AgentRole = z.enum(["coordinator", "planner", "executor", "specialist"]);
/** What an agent is for; decides which tools it owns. */
export type AgentRole = z.infer<typeof AgentRole>;

/** What running a tool does to the world: nothing that matters, something safe to repeat, or something that must happen once. */
export const ToolEffects = z.enum(["none", "idempotent", "once"]);
export type ToolEffects = z.infer<typeof ToolEffects>;

/** A tool as data: what the model sees and the limits it runs under. */
export const ToolManifest = z.strictObject({
  name: z.string(),
  description: z.string(),
  input: JsonObject,
  /** The tool's own setting, null when it has none. */
  approval: ApprovalSetting.nullable(),
  effects: ToolEffects,
  timeoutMs: z.number().int().positive(),
});
/** A tool as data: what the model sees and the limits it runs under. */
export type ToolManifest = z.infer<typeof ToolManifest>;

/** Which model answers, and how. */
export const ModelManifest = z.strictObject({
  id: z.string(),
  provider: z.string(),
  maxTokens: z.number().int().positive(),
  temperature: z.number().optional(),
  thinking: JsonObject.optional(),
});
/** Which model answers, and how. */
export type ModelManifest = z.infer<typeof ModelManifest>;

/** A system prompt in layers; `cacheKey` changes exactly when the content does. */
export const PromptManifest = z.strictObject({
  cacheKey: z.string(),
  layers: z.array(z.strictObject({ name: z.string(), text: z.string() })).readonly(),
});
export type PromptManifest = z.infer<typeof PromptManifest>;

/** An agent as data. */
export const AgentManifest = z.strictObject({
  name: z.string(),
  role: AgentRole,
  model: ModelManifest,
  prompt: PromptManifest,
  routes: z.array(z.string()).readonly(),
  tools: z.array(ToolManifest).readonly(),
  approval: ApprovalSetting,
  toolApprovals: z.record(z.string(), ApprovalSetting),
  stateful: z.boolean(),
  maxTurns: z.number().int().positive(),
});
/** An agent as data. */
export type AgentManifest = z.infer<typeof AgentManifest>;

/** A kind of plan as data. */
export const PlanManifest = z.strictObject({
  hash: ContentHash,
  schema: JsonObject,
  displayAliases: z.partialRecord(z.enum(["draft", "approved", "executing", "executed", "failed"]), z.string()),
  /** The action kinds that the schema admits, null when that cannot be told. */
  kinds: z.array(z.string()).readonly().nullable(),
});
/** A kind of plan as data. */
export type PlanManifest = z.infer<typeof PlanManifest>;

/** A kind of reference as data. */
export const ReferenceManifest = z.strictObject({
  hash: ContentHash,
  /** Null when its values are kept for ever. */
  ttlMs: z.number().int().nonnegative().nullable(),
});
/** A kind of reference as data. */
export type ReferenceManifest = z.infer<typeof ReferenceManifest>;

/** An app as data; `hash` covers all of it. */
export const Manifest = z.strictObject({
  schemaVersion: z.literal(1),
  hash: ContentHash,
  tenant: z.strictObject({ id: TenantId, version: z.string() }),
  /** The coordinator, or null when the spec has none. */
  entry: z.string().nullable(),
  approvals: ApprovalDefaults,
  agents: z.record(z.string(), AgentManifest),
  plans: z.record(z.string(), PlanManifest),
  references: z.record(z.string(), ReferenceManifest),
});
/** An app as data; `hash` covers all of it. */
export type Manifest = z.infer<typeof Manifest>;

/** The small part of an agent that its workflow needs; the only part of a manifest that enters history. */
export interface AgentSlice {
  readonly maxTurns: number;
  readonly routes: readonly string[];
  /** Tools that differ from the plain case (no gate, no effects, default timeout), by name. */
  readonly tools: { readonly [name: string]: ToolSlice };
  readonly heartbeatMs: number;
}

/** What the funnel must know of a tool before it may run; absent fields have their plain value. */
export interface ToolSlice {
  readonly approval?: ApprovalRule;
  readonly effects?: ToolEffects;
  readonly timeoutMs?: number;
}
