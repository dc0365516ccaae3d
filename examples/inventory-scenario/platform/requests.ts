import * as z from "zod";

const count = z.number().int();
const target = {
  planId: z.string().min(1).max(200),
  actionIndex: count.min(0),
  productIds: z.array(z.string().min(1).max(100)).min(1).max(2_000_000),
};

/** Body of `POST /replenishments`. */
export const OrderBody = z.strictObject({ ...target, quantity: count.min(1).max(1_000_000) });
/** Body of `POST /holdbacks`. */
export const HoldbackBody = z.strictObject({ ...target, holdbackUnits: count.min(0).max(1_000_000) });
/** Body of `POST /plans/:id/seal`. */
export const SealBody = z.strictObject({ minFence: count.min(1) });
/** What goes wrong on purpose, in tests: the next `times` writes. */
export const Fault = z.strictObject({
  kind: z.enum(["delay", "error-before", "commit-then-reset"]),
  times: count.min(1).default(1),
  delayMs: count.min(0).max(600_000).default(1_000),
});
export type Fault = z.infer<typeof Fault>;
