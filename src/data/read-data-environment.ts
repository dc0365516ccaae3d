import { deepFreeze } from "../lib/deep-freeze.ts";
import { InputError } from "../protocol/errors.ts";
import type { DataEnvironment } from "./data-environment.ts";
import { type DescriptorIssue, descriptorError } from "./data-environment-issue.ts";
import { canonicalDescriptor } from "./data-environment-keys.ts";
import { DescriptorShape, shapeIssues } from "./data-environment-schema.ts";
import { type Descriptor, readDescriptor } from "./descriptor-file.ts";
import { resolveDescriptor } from "./resolve-descriptor.ts";

/** What a descriptor is read with. */
export interface DataEnvironmentContext {
  /** Where `url_env` looks. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a file path, and paths inside an object, start from. */
  readonly folder: string;
  /** The tenant that the descriptor is for; one that names another is refused. */
  readonly tenantId?: string;
}

/**
 * Reads a descriptor, an object or the path of a JSON or TOML file, and refuses it with every mistake at once: the line, the
 * key, what was expected and what came. Nothing is opened.
 */
export function readDataEnvironment(source: string | object, context: DataEnvironmentContext): DataEnvironment {
  const descriptor = readDescriptor(source, context.folder);
  const canonical = canonicalDescriptor(descriptor.value);
  const spelled = (issue: DescriptorIssue): DescriptorIssue => ({ ...issue, path: canonical.spelled(issue.path) });
  const shape = DescriptorShape.safeParse(canonical.value);
  const wrong = shape.success ? [] : shapeIssues(shape.error.issues, canonical.value).map(spelled);
  refuse(descriptor, [...canonical.issues, ...wrong]);
  const { environment, issues } = resolveDescriptor(DescriptorShape.parse(canonical.value), {
    source: descriptor.source,
    env: context.env,
    folder: descriptor.folder,
  });
  refuse(descriptor, issues.map(spelled));
  guardTenant(environment, context.tenantId);
  return deepFreeze(environment);
}

function refuse(descriptor: Descriptor, issues: readonly DescriptorIssue[]): void {
  if (issues.length > 0) throw descriptorError(descriptor.source, issues, (path) => descriptor.lineOf(path));
}

function guardTenant(environment: DataEnvironment, tenantId: string | undefined): void {
  if (tenantId === undefined || environment.tenantId === null || environment.tenantId === tenantId) return;
  throw new InputError(
    "TENANT_MISMATCH",
    `${environment.source}: tenant_id must be the runtime's tenant ${JSON.stringify(tenantId)}, received ${JSON.stringify(environment.tenantId)}`,
    { hint: "Use the data environment of this tenant, or define the runtime for the tenant of this data environment." },
  );
}
