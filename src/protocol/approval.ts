import * as z from "zod";

/** A person must decide; the optional fields say who, how many, and until when. */
export const AlwaysApproval = z.strictObject({
  kind: z.literal("always"),
  approvers: z.array(z.string().min(1)).readonly().optional(),
  min: z.number().int().positive().optional(),
  notRequester: z.boolean().optional(),
  expiresInMs: z.number().int().positive().optional(),
  onExpire: z.enum(["reject", "expire"]).optional(),
});
export type AlwaysApproval = z.infer<typeof AlwaysApproval>;

/** Whether a call waits for a person, after every layer was resolved. */
export const ApprovalRule = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("never") }),
  AlwaysApproval,
  /** The registered predicate of that name decides per call. */
  z.strictObject({ kind: z.literal("dynamic"), value: z.string().min(1) }),
]);
export type ApprovalRule = z.infer<typeof ApprovalRule>;

/** What one layer says; `default` leaves the layer below as it is. */
export const ApprovalSetting = z.union([ApprovalRule, z.strictObject({ kind: z.literal("default") })]);
export type ApprovalSetting = z.infer<typeof ApprovalSetting>;

/** The broadest layer: what holds where no agent and no tool says otherwise. It is no minimum: a narrower rule may ask for less. */
export const ApprovalDefaults = z.strictObject({ plans: ApprovalRule, tools: ApprovalRule });
export type ApprovalDefaults = z.infer<typeof ApprovalDefaults>;
