import * as z from "zod";
import { CatalogEntry } from "../protocol/catalog.ts";
import { TenantId, WorkspaceId } from "../protocol/ids.ts";
import { type DescriptorIssue, describeReceived, describeUrl, wrongKey } from "./data-environment-issue.ts";

const text = z.string().trim().min(1);
const Url = { url: text.optional(), url_env: text.optional() };
const DurableStore = z.strictObject({
  kind: z.enum(["sqlite", "postgres"]),
  ...Url,
  ensure_schema: z.boolean().optional(),
});
const CATALOG_KINDS = ["inline", "empty", "sqlite", "postgres"] as const;

/** A descriptor with canonical keys, as its author wrote it: no URL is read and nothing is joined yet. */
export const DescriptorShape = z.strictObject({
  tenant_id: TenantId.optional(),
  workspace_id: WorkspaceId.optional(),
  kv: DurableStore.optional(),
  target_database: z.strictObject({ kind: z.enum(["sqlite", "postgres"]), ...Url, schema: text.optional() }).optional(),
  target_database_url: text.optional(),
  target_database_schema: text.optional(),
  catalog: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("inline"), entries: z.array(CatalogEntry) }),
      z.strictObject({ kind: z.literal("empty") }),
      DurableStore.extend({ kind: z.literal("sqlite") }),
      DurableStore.extend({ kind: z.literal("postgres") }),
    ])
    .optional(),
  catalog_search: z
    .strictObject({
      index_path: text,
      rebuild_on_start: z.boolean().optional(),
      write_through: z.boolean().optional(),
    })
    .optional(),
});
export type DescriptorShape = z.infer<typeof DescriptorShape>;

/** The mistakes behind zod's issues, with paths of canonical keys. */
export function shapeIssues(issues: readonly z.core.$ZodIssue[], value: unknown): readonly DescriptorIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unwanted([...issue.path, key], value));
    const path = issue.code === "invalid_union" ? withKind(issue.path) : issue.path;
    return [wrongKey(path, expectedOf(issue), received(valueAt(value, path), path))];
  });
}

/** Known somewhere, but not with this kind: unknown keys were refused before. */
function unwanted(path: readonly PropertyKey[], value: unknown): DescriptorIssue {
  const kind = describeReceived(valueAt(value, [...path.slice(0, -1), "kind"]));
  return wrongKey(path, `left out with kind ${kind}`, received(valueAt(value, path), path));
}

function withKind(path: readonly PropertyKey[]): readonly PropertyKey[] {
  return path.at(-1) === "kind" || path.includes("related") ? path : [...path, "kind"];
}

function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return EXPECTED_TYPES[issue.expected] ?? `a ${issue.expected}`;
    case "invalid_value":
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_union":
      return issue.path.includes("related")
        ? "the id of an entry, or an object with an id"
        : `one of ${CATALOG_KINDS.map((kind) => JSON.stringify(kind)).join(", ")}`;
    case "too_small":
      return "a text that is not empty";
    case "too_big":
      return `at most ${String(issue.maximum)} characters long`;
    case "invalid_format":
      return issue.message;
    default:
      return "as the documentation of data environments says";
  }
}

const EXPECTED_TYPES: Readonly<Record<string, string>> = {
  object: "an object",
  array: "an array",
  string: "a text",
  boolean: "true or false",
  record: "an object",
};

function received(value: unknown, path: readonly PropertyKey[]): string {
  const isUrl = typeof value === "string" && String(path.at(-1)).endsWith("url");
  return isUrl ? describeUrl(value) : describeReceived(value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
    value,
  );
}
