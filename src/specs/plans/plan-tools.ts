import * as z from "zod";
import type { ToolManifest } from "../../protocol/manifest.ts";
import { PlanId, type ReferenceHandle } from "../../protocol/plan.ts";
import type { ReferenceSpec } from "../references/reference.ts";
import { embedSchema } from "../schemas/embed-schema.ts";
import type { InputSchema } from "../schemas/input-schema.ts";
import { isJsonObject } from "../schemas/is-json-object.ts";
import { builtInInput, builtInTool } from "../tools/built-in-tools.ts";
import type { PlanSpec } from "./plan.ts";

/** The tool by which a planner proposes a plan. */
export const STORE_PLAN = "storePlan";
/** The tool by which planners and executors look at a plan. */
export const GET_PLAN = "getPlan";
/** The tool by which an executor has a plan applied. */
export const EXECUTE_PLAN = "executePlan";
/** The tool by which an executor reads the value of a reference. */
export const RESOLVE_REF = "resolveRef";
/** The tool by which an executor reads the glimpse of a reference. */
export const GLIMPSE_REF = "glimpseRef";

/** The arguments of `storePlan`. The body is checked by `parsePlanBody`, which tells its mistakes by their place in the body. */
export interface StorePlanArgs {
  readonly specName: string;
  readonly planId: PlanId;
  readonly body: { readonly [field: string]: unknown };
}

/** The arguments of `getPlan` and `executePlan`. */
export interface PlanIdArgs {
  readonly planId: PlanId;
}

/** What the model of a planner is told about its tools. */
export function plannerTools(plan: PlanSpec): readonly ToolManifest[] {
  return [
    builtInTool(STORE_PLAN, STORE_DESCRIPTION, storePlanInput(plan).jsonSchema),
    builtInTool(GET_PLAN, GET_DESCRIPTION, planIdInput().jsonSchema),
  ];
}

/** What the model of an executor is told about its tools. */
export function executorTools(references: readonly ReferenceSpec[]): readonly ToolManifest[] {
  const handle = referenceInput(references).jsonSchema;
  return [
    builtInTool(GET_PLAN, GET_DESCRIPTION, planIdInput().jsonSchema),
    builtInTool(EXECUTE_PLAN, EXECUTE_DESCRIPTION, planIdInput().jsonSchema),
    builtInTool(RESOLVE_REF, RESOLVE_DESCRIPTION, handle),
    builtInTool(GLIMPSE_REF, GLIMPSE_DESCRIPTION, handle),
  ];
}

/** The arguments of `storePlan` for a planner of this plan. The model is shown the whole schema of the body. */
export function storePlanInput(plan: PlanSpec): InputSchema<StorePlanArgs> {
  const envelope = builtInInput(
    z.strictObject({
      specName: z.enum([plan.name]).describe("The kind of plan."),
      planId: planIdField,
      body: z.looseObject({}),
    }),
  );
  const { schema, defs } = embedSchema(plan.schema.jsonSchema);
  const shown = envelope.jsonSchema["properties"];
  const properties = { ...(isJsonObject(shown) ? shown : {}), body: schema };
  return {
    jsonSchema: { ...envelope.jsonSchema, properties, ...(Object.keys(defs).length === 0 ? {} : { $defs: defs }) },
    parse: envelope.parse,
  };
}

/** The arguments of `getPlan` and `executePlan`. */
export function planIdInput(): InputSchema<PlanIdArgs> {
  return builtInInput(z.strictObject({ planId: planIdField }));
}

/** The arguments of `resolveRef` and `glimpseRef` where these references are registered. */
export function referenceInput(references: readonly ReferenceSpec[]): InputSchema<ReferenceHandle> {
  const names = references.map((reference) => reference.name).sort();
  const kind = names.length === 0 ? z.string().min(1) : z.enum(names);
  return builtInInput(
    z.strictObject({
      kind: kind.describe("The kind of the handle."),
      id: z.string().min(1).describe("The id of the handle."),
    }),
  );
}

const planIdField = PlanId.describe("Identifies the plan: letters, digits, dot, colon, dash and underscore.");

const STORE_DESCRIPTION = [
  "Propose a plan. The whole body is checked against its schema.",
  "If it is wrong, nothing is stored and you get the issues (path, expected, received): correct those fields and call again with the same planId.",
  "If it is right, it is stored as a draft and its gate opens: people decide whether it is applied, and may edit it, reject it or send it back with a note. After a note, store the corrected plan under the same planId.",
  "Storing applies nothing. You cannot approve or execute a plan, so never call executePlan; say what you proposed and stop.",
  "Put a reference into an action as the handle {kind, id} that a tool returned; never copy the data behind it.",
].join("\n");

const GET_DESCRIPTION =
  "Look at a stored plan: its status, body, decisions and, once it was executed, what happened to each action.";

const EXECUTE_DESCRIPTION = [
  "Have a stored plan applied. An approved plan is applied exactly as it was approved.",
  "A plan that is not approved yet waits at its gate: a person must decide, and the call answers when that has happened. Nothing you say or call takes the place of that decision.",
  "For a plan that is executing or finished you get what happened; it is never applied again, so do not repeat the call. Report a failed or unknown action as it is told.",
].join("\n");

const RESOLVE_DESCRIPTION =
  "Read the value behind a reference. It may be large; use glimpseRef when a look is enough. Executing a plan needs neither: its references are read then.";

const GLIMPSE_DESCRIPTION = "Read the short description of the value behind a reference.";
