import * as z from "zod";
import { copyJson } from "../../lib/copy-json.ts";
import { deepFreeze } from "../../lib/deep-freeze.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { ContentHash } from "../../protocol/ids.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { valueAt } from "../field-path.ts";
import { specIssues } from "../parse-spec.ts";
import { type InputSchema, isZod, type SchemaSource, type SchemaValue } from "../schemas/input-schema.ts";
import { isJsonObject } from "../schemas/is-json-object.ts";
import { schemaHash } from "../schemas/schema-hash.ts";
import { compileStoredSchema, type StoredSchema } from "../schemas/stored-schema.ts";
import { fields, nameField, textField } from "../spec-fields.ts";
import { specError, type SpecIssue, specSubject, wrongField } from "../spec-issue.ts";
import { type ActionSchemas, actionSchemas } from "./action-schemas.ts";
import { expandShorthand, isShorthand, type SchemaShorthand } from "./plan-shorthand.ts";

/** A schema of a plan as its author writes it: zod, JSON Schema, or a shorthand. */
export type PlanSchemaSource = SchemaSource | SchemaShorthand;

/** The body that a plan's schema describes. */
export type PlanBodyOf<Source> = Source extends z.ZodType ? SchemaValue<Source> : JsonObject;

/** Other words for what people see as a plan's status. */
export interface DisplayAliases {
  readonly draft?: string;
  readonly approved?: string;
  readonly executing?: string;
  readonly executed?: string;
  readonly failed?: string;
}

/** What `definePlan` takes. */
export interface PlanDefinition<Source extends PlanSchemaSource> {
  readonly name: string;
  /** Describes the whole body, which has a top-level `actions` array. */
  readonly schema: Source;
  readonly displayAliases?: DisplayAliases;
}

/** A kind of plan: a typed document of actions that people approve and a dispatcher applies. */
export interface PlanSpec<Body = unknown> {
  readonly kind: "plan";
  readonly name: string;
  readonly schema: InputSchema<Body>;
  readonly displayAliases: DisplayAliases;
  /** The action kinds that the schema admits, or null when that cannot be told from it. */
  readonly kinds: readonly string[] | null;
  /** Changes when the name or the schema does, as far as JSON Schema can tell; part of what an approval covers. */
  readonly hash: ContentHash;
}

const PlanFields = fields({
  name: nameField,
  schema: z.unknown().optional(),
  displayAliases: fields({
    draft: textField.optional(),
    approved: textField.optional(),
    executing: textField.optional(),
    executed: textField.optional(),
    failed: textField.optional(),
  }).optional(),
});

/** Declares a kind of plan. */
export function definePlan<Source extends PlanSchemaSource>(
  definition: PlanDefinition<Source>,
): PlanSpec<PlanBodyOf<Source>> {
  const parsed = PlanFields.safeParse(definition);
  const compiled = compilePlanSchema<Source>(valueAt(definition, ["schema"]));
  if (!parsed.success || !compiled.ok) {
    const issues = [
      ...(parsed.success ? [] : specIssues(parsed.error.issues, definition)),
      ...(compiled.ok ? [] : compiled.issues),
    ];
    throw specError(specSubject("definePlan", valueAt(definition, ["name"])), issues);
  }
  const { name, displayAliases } = parsed.data;
  return deepFreeze({
    kind: "plan",
    name,
    schema: compiled.input,
    displayAliases: withoutUndefined(displayAliases ?? {}),
    kinds: compiled.actions.kinds,
    hash: schemaHash(name, compiled.input.jsonSchema),
  });
}

type CompiledPlanSchema<Body> =
  | { readonly ok: true; readonly input: InputSchema<Body>; readonly actions: ActionSchemas }
  | { readonly ok: false; readonly issues: readonly SpecIssue[] };

function compilePlanSchema<Source>(source: unknown): CompiledPlanSchema<PlanBodyOf<Source>> {
  const compiled = compileSource<Source>(source);
  if (!compiled.ok) return compiled;
  const actions = actionSchemas(compiled.output);
  if (actions === undefined) return refused("schema", "a schema with a top-level actions array", "one without");
  const kindless = actions.alternatives.some(cannotHaveKind);
  if (kindless) return refused("schema.actions[]", "an object with a kind", "a schema without that field");
  return { ok: true, input: compiled.input, actions };
}

function compileSource<Source>(source: unknown): StoredSchema<PlanBodyOf<Source>> {
  const copy = isZod(source) ? undefined : copyJson(source);
  const expanded = isShorthand(copy) ? expandShorthand(copy, "schema") : undefined;
  if (expanded?.ok === false) return expanded;
  // The parse of this very source gives PlanBodyOf; a shorthand gives a JSON object.
  return compileStoredSchema((expanded?.jsonSchema ?? source) as SchemaSource, "schema") as StoredSchema<
    PlanBodyOf<Source>
  >;
}

/** An object schema that drops or refuses a `kind` can never give an action. */
function cannotHaveKind(shape: JsonObject): boolean {
  const { type, properties, additionalProperties, allOf } = shape;
  if (allOf !== undefined) return false;
  if (type !== undefined && type !== "object") return true;
  return additionalProperties === false && !(isJsonObject(properties) && Object.hasOwn(properties, "kind"));
}

function refused(path: string, expected: string, received: string): CompiledPlanSchema<never> {
  return { ok: false, issues: [wrongField(path, expected, received)] };
}
