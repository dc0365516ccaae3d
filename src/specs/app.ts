import * as z from "zod";
import { copyJson } from "../lib/copy-json.ts";
import { deepFreeze } from "../lib/deep-freeze.ts";
import { withoutUndefined } from "../lib/without-undefined.ts";
import { TenantId, WorkspaceId } from "../protocol/ids.ts";
import type { JsonObject } from "../protocol/json.ts";
import { describeValue } from "./describe-value.ts";
import type { InterpreterName, TestingOptions } from "./hosted-app.ts";
import { parseSpec } from "./parse-spec.ts";
import type { RuntimeSpec } from "./runtime-spec.ts";
import { isJsonObject } from "./schemas/is-json-object.ts";
import { fields, list, textField } from "./spec-fields.ts";
import { refuseIssues, specSubject, wrongField } from "./spec-issue.ts";
import { isSpec } from "./spec-kind.ts";

/** What a runtime factory is told about the runtime to make. */
export interface RuntimeBinding {
  readonly workspace: string;
  /** `scripted` needs no model and no key. */
  readonly interpreter?: InterpreterName;
  readonly testing?: TestingOptions;
}

/** A workspace of an app. */
export interface WorkspaceSpec {
  readonly id: WorkspaceId;
  readonly description?: string;
}

/** What `defineApp` takes. One of `runtimeSpec` and `runtimeFactory` is needed; both may be given. */
export interface AppDefinition<Runtime extends object> {
  readonly name: string;
  readonly description?: string;
  /** `default` unless said, or the first of `workspaces` when that list has no `default`. */
  readonly defaultWorkspace?: string;
  readonly workspaces?: readonly (string | { readonly id: string; readonly description?: string })[];
  /** What people see of the app without starting anything. */
  readonly runtimeSpec?: RuntimeSpec;
  /** Makes the runtime of a workspace: binds files, clients and a dispatcher. */
  readonly runtimeFactory?: (binding: RuntimeBinding) => Runtime | Promise<Runtime>;
  /** A data environment, or the file that holds one. Relative paths start from the file that declares the app. */
  readonly dataEnvironment?: string | JsonObject;
}

/** A declared app: what the command line and Studio open. */
export interface AppSpec<Runtime extends object = object> {
  readonly kind: "app";
  readonly name: string;
  readonly description?: string;
  readonly defaultWorkspace: WorkspaceId;
  readonly workspaces: readonly WorkspaceSpec[];
  readonly runtimeSpec?: RuntimeSpec;
  readonly runtimeFactory?: (binding: RuntimeBinding) => Runtime | Promise<Runtime>;
  readonly dataEnvironment?: string | JsonObject;
}

const ID =
  "an id of at most 120 letters, digits, dots, colons, dashes and underscores that starts with a letter or digit";
const ENVIRONMENT = "the path of a data environment file or a JSON object";
const idField = z.custom<string>((value) => TenantId.safeParse(value).success, { error: ID });
const workspaceField = z
  .custom<string>((value) => WorkspaceId.safeParse(value).success, { error: ID })
  .transform((id) => WorkspaceId.parse(id));
const WORKSPACES = "a list of at least one workspace id or {id, description}";

const Definition = fields({
  name: idField,
  description: textField.optional(),
  defaultWorkspace: workspaceField.optional(),
  workspaces: list(
    z.union(
      [workspaceField.transform((id) => ({ id })), fields({ id: workspaceField, description: textField.optional() })],
      { error: `${ID}, or {id, description}` },
    ),
    WORKSPACES,
  )
    .min(1, WORKSPACES)
    .optional(),
  runtimeSpec: z
    .custom<RuntimeSpec>((value) => isSpec(value, "runtime-spec"), { error: "a defineRuntime value" })
    .optional(),
  runtimeFactory: z.custom<() => object>((value) => typeof value === "function", { error: "a function" }).optional(),
  dataEnvironment: z
    .custom<string | JsonObject>(
      (value) => (typeof value === "string" ? value.trim() !== "" : isJsonObject(copyJson(value))),
      { error: ENVIRONMENT },
    )
    .optional(),
});

/** Declares an app: its workspaces and how to get the runtime of one. */
export function defineApp<Runtime extends object = object>(definition: AppDefinition<Runtime>): AppSpec<Runtime> {
  const parsed = parseSpec("defineApp", Definition, definition);
  const workspaces: readonly WorkspaceSpec[] = parsed.workspaces?.map((workspace) => withoutUndefined(workspace)) ?? [
    { id: parsed.defaultWorkspace ?? STANDARD_WORKSPACE },
  ];
  const ids = workspaces.map((workspace) => workspace.id);
  const defaultWorkspace =
    parsed.defaultWorkspace ?? (ids.includes(STANDARD_WORKSPACE) ? STANDARD_WORKSPACE : (ids[0] ?? STANDARD_WORKSPACE));
  refuseIssues(specSubject("defineApp", definition.name), [
    ...(ids.includes(defaultWorkspace)
      ? []
      : [wrongField("defaultWorkspace", `one of workspaces (${ids.join(", ")})`, describeValue(defaultWorkspace))]),
    ...ids.flatMap((id, index) =>
      ids.indexOf(id) === index
        ? []
        : [wrongField(`workspaces[${index}]`, `another id than workspaces[${ids.indexOf(id)}] has`, describeValue(id))],
    ),
    ...((parsed.runtimeSpec ?? parsed.runtimeFactory) === undefined
      ? [wrongField("runtimeSpec", "a defineRuntime value, unless there is a runtimeFactory", "neither")]
      : []),
  ]);
  const { name, description, runtimeSpec, runtimeFactory, dataEnvironment } = definition;
  return deepFreeze(
    withoutUndefined({
      kind: "app" as const,
      name,
      description,
      defaultWorkspace,
      workspaces,
      runtimeSpec,
      runtimeFactory,
      dataEnvironment: copyEnvironment(dataEnvironment),
    }),
  );
}

const STANDARD_WORKSPACE = WorkspaceId.parse("default");

function copyEnvironment(value: string | JsonObject | undefined): string | JsonObject | undefined {
  const copy = copyJson(value);
  return typeof copy === "string" || isJsonObject(copy) ? copy : undefined;
}
