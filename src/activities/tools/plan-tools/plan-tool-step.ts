import type { ToolContext } from "../../../specs/tools/tool-context.ts";
import type { ToolStep } from "../tool-step.ts";

/** The call of a plan tool before it runs. */
export type PlanToolStep = Omit<ToolStep, "tool" | "attempt">;

/** Serves one call; what it throws is the tool's error result. */
export type PlanToolHandler = (step: PlanToolStep, args: unknown, context: ToolContext) => Promise<unknown>;
