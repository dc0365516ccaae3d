import * as z from "zod";

/** Ids people choose (tenant, workspace, thread, run, plan) use this alphabet so that they fit in workflow ids, URLs and file names. */
export const name = z
  .string()
  .min(1)
  .max(120)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]*$/,
    "letters, digits, dot, colon, dash and underscore, starting with a letter or digit",
  );

/** What `name` takes, as an error tells it: after "must be". */
export const NAME_EXPECTED =
  "1 to 120 letters, digits, dots, colons, dashes or underscores, starting with a letter or digit";

export const TenantId = name.brand<"TenantId">();
export type TenantId = z.infer<typeof TenantId>;

export const WorkspaceId = name.brand<"WorkspaceId">();
export type WorkspaceId = z.infer<typeof WorkspaceId>;

export const ThreadId = name.brand<"ThreadId">();
export type ThreadId = z.infer<typeof ThreadId>;

/** One prompt and everything done to answer it. The caller may choose it; the same id twice is the same run. */
export const RunId = name.brand<"RunId">();
export type RunId = z.infer<typeof RunId>;

/** One agent's turn inside a run: the run id itself for the root, `{parent turn}/{agent}/{n}` for a routed agent. */
export const TurnId = z.string().min(1).max(1000).brand<"TurnId">();
export type TurnId = z.infer<typeof TurnId>;

/** Given by a provider, and part of keys: without NUL, which Postgres refuses. */
export const ToolCallId = z
  .string()
  .regex(/^[^\0]{1,200}$/)
  .brand<"ToolCallId">();
export type ToolCallId = z.infer<typeof ToolCallId>;

/** Lower-case hex SHA-256 of the content. */
export const ContentHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<"ContentHash">();
export type ContentHash = z.infer<typeof ContentHash>;

/** The isolation boundary of everything that is stored. */
export const Scope = z.strictObject({ tenant: TenantId, workspace: WorkspaceId });
export type Scope = z.infer<typeof Scope>;
