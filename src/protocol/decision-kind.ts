import * as z from "zod";

/** How someone answered a gate; `cancel` stops a plan, with a gate or without. */
export const DecisionKind = z.enum(["approve", "edit", "reject", "revise", "expire", "cancel"]);
export type DecisionKind = z.infer<typeof DecisionKind>;
