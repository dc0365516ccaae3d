import * as z from "zod";
import type { ApprovalSetting } from "../../protocol/approval.ts";
import { DEFAULT_MAX_TURNS, MAX_MAX_TURNS } from "../../protocol/limits/turn.ts";
import type { AgentRole, ModelManifest } from "../../protocol/manifest.ts";
import { type AgentApproval, agentApprovalField, toolApprovalField, type ToolApprovalOverride } from "../approval.ts";
import type { PlanSpec } from "../plans/plan.ts";
import { flagField, list, nameField, textField, wholeField } from "../spec-fields.ts";
import { isSpec } from "../spec-kind.ts";
import type { ToolSpec } from "../tools/tool.ts";
import { type ModelSpec, modelField } from "./model.ts";
import { promptField, type PromptSpec } from "./prompt.ts";

/** What every agent's definition may say. */
export interface AgentDefinition<Name extends string> {
  readonly name: Name;
  readonly model: ModelSpec;
  readonly prompt: string | PromptSpec;
  /** What the agent is for; the coordinator that routes to it is told. */
  readonly description?: string;
  /** Who must agree: to the calls of all tools of this agent, and, of a planner, to its plans as well. */
  readonly approval?: AgentApproval;
  /** Settings for single tools of this agent, by tool name. */
  readonly toolApprovals?: { readonly [tool: string]: ToolApprovalOverride };
  /** Whether the agent remembers its own conversation in a thread. */
  readonly stateful?: boolean;
  /** Model steps of one turn. */
  readonly maxTurns?: number;
  readonly tools?: readonly ToolSpec[];
  /** Ids of toolkits that the runtime declares. */
  readonly toolkits?: readonly string[];
}

/** What every agent has once it is declared. */
export interface AgentBase<Name extends string = string> {
  readonly kind: "agent";
  readonly name: Name;
  readonly role: AgentRole;
  readonly description?: string;
  readonly model: ModelManifest;
  readonly prompt: PromptSpec;
  readonly approval: ApprovalSetting;
  readonly toolApprovals: { readonly [tool: string]: ApprovalSetting };
  readonly stateful: boolean;
  readonly maxTurns: number;
  readonly tools: readonly ToolSpec[];
  readonly toolkits: readonly string[];
}

/** The entry point: the only agent that hands work to others. */
export interface CoordinatorSpec<Name extends string = string, Route extends string = string> extends AgentBase<Name> {
  readonly role: "coordinator";
  readonly routes: readonly Route[];
}

/** Proposes plans of one kind. */
export interface PlannerSpec<Name extends string = string> extends AgentBase<Name> {
  readonly role: "planner";
  readonly plan: string;
}

/** Executes approved plans of one kind. */
export interface ExecutorSpec<Name extends string = string> extends AgentBase<Name> {
  readonly role: "executor";
  readonly plan: string;
}

/** Answers with its own tools only. */
export interface SpecialistSpec<Name extends string = string> extends AgentBase<Name> {
  readonly role: "specialist";
}

/** Any declared agent. */
export type AgentSpec<Name extends string = string> =
  CoordinatorSpec<Name> | PlannerSpec<Name> | ExecutorSpec<Name> | SpecialistSpec<Name>;

/** A plan by name, or the declared plan itself. */
export type PlanRef = string | PlanSpec;

const TOOLS = "a list of defineTool values";
const OVERRIDES = "an object of approval settings by tool name";

/** The fields that all roles share, for `fields()`. */
export const agentShape = {
  name: nameField,
  model: modelField,
  prompt: promptField,
  description: textField.optional(),
  approval: agentApprovalField.optional(),
  toolApprovals: z.record(z.string(), toolApprovalField, { error: OVERRIDES }).optional(),
  stateful: flagField.optional(),
  maxTurns: wholeField(1, MAX_MAX_TURNS).optional(),
  tools: list(
    z.custom<ToolSpec>((value) => isSpec(value, "tool"), { error: "a defineTool value" }),
    TOOLS,
  ).optional(),
  toolkits: list(textField, "a list of toolkit ids").optional(),
};

/** `plan` of a planner or executor, as a name. */
export const planField: z.ZodType<string> = z.union(
  [nameField, z.custom<PlanSpec>((value) => isSpec(value, "plan")).transform((plan) => plan.name)],
  {
    error: "the name of a plan or a declared plan",
  },
);

interface ParsedAgent {
  readonly name: string;
  readonly model: ModelManifest;
  readonly prompt: PromptSpec;
  readonly description?: string | undefined;
  readonly approval?: ApprovalSetting | undefined;
  readonly toolApprovals?: { readonly [tool: string]: ApprovalSetting } | undefined;
  readonly stateful?: boolean | undefined;
  readonly maxTurns?: number | undefined;
  readonly tools?: readonly ToolSpec[] | undefined;
  readonly toolkits?: readonly string[] | undefined;
}

/** The shared part of an agent, completed with the defaults. */
export function completeAgent(parsed: ParsedAgent, stateful: boolean): Omit<AgentBase, "name" | "role"> {
  return {
    kind: "agent",
    ...(parsed.description === undefined ? {} : { description: parsed.description }),
    model: parsed.model,
    prompt: parsed.prompt,
    approval: parsed.approval ?? { kind: "default" },
    toolApprovals: parsed.toolApprovals ?? {},
    stateful: parsed.stateful ?? stateful,
    maxTurns: parsed.maxTurns ?? DEFAULT_MAX_TURNS,
    tools: parsed.tools ?? [],
    toolkits: parsed.toolkits ?? [],
  };
}
