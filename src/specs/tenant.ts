import { deepFreeze } from "../lib/deep-freeze.ts";
import { TenantId } from "../protocol/ids.ts";
import { describeValue } from "./describe-value.ts";
import { refuseIssues, type SpecIssue, specSubject, wrongField } from "./spec-issue.ts";

/** Whose data an app works on: the isolation boundary, and the version of what was declared for it. */
export interface TenantSpec {
  readonly kind: "tenant";
  readonly resourceId: TenantId;
  readonly version: string;
}

const ID_PHRASE =
  "a non-blank id of at most 120 letters, digits, dots, colons, dashes and underscores that starts with a letter or digit";

/** Declares the tenant of a runtime. */
export function defineTenant(resourceId: string, version: string): TenantSpec {
  const issues: SpecIssue[] = [];
  const id = TenantId.safeParse(resourceId);
  if (!id.success) issues.push(wrongField("resourceId", ID_PHRASE, describeValue(resourceId)));
  if (typeof version !== "string" || version.trim() === "")
    issues.push(wrongField("version", "a non-blank string", describeValue(version)));
  refuseIssues(specSubject("defineTenant", resourceId), issues);
  return deepFreeze({ kind: "tenant", resourceId: TenantId.parse(resourceId), version });
}
