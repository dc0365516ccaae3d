import * as z from "zod";

/** How someone answered a gate. */
export const DecisionKind = z.enum(["approve", "edit", "reject", "revise", "expire"]);
export type DecisionKind = z.infer<typeof DecisionKind>;
