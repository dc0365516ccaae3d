import * as z from "zod";
import { byteLength } from "../../lib/cap-text.ts";
import { copyJson } from "../../lib/copy-json.ts";
import { deepFreeze } from "../../lib/deep-freeze.ts";
import type { ContentHash } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import { REFERENCE_GLIMPSE_BYTES } from "../../protocol/limits/reference.ts";
import { describeValue } from "../describe-value.ts";
import { valueAt } from "../field-path.ts";
import { specIssues } from "../parse-spec.ts";
import type { InputSchema, SchemaSource, SchemaValue } from "../schemas/input-schema.ts";
import { schemaHash } from "../schemas/schema-hash.ts";
import { compileStoredSchema } from "../schemas/stored-schema.ts";
import { fields, nameField, wholeField } from "../spec-fields.ts";
import { specError, specSubject, wrongField } from "../spec-issue.ts";
import { plainGlimpse } from "./plain-glimpse.ts";

/** What `defineReference` takes. */
export interface ReferenceDefinition<Source extends SchemaSource, Name extends string> {
  /** The `kind` of its handles. */
  readonly name: Name;
  /** Describes the value that the model never sees. */
  readonly schema: Source;
  /** How long a value is kept when no open plan holds it; for ever unless said. */
  readonly ttlMs?: number;
  /** The little that the model and people see of a value: JSON of at most 4 KiB. The type and the size unless said. */
  readonly glimpse?: (value: SchemaValue<Source>) => Json;
}

/** A kind of value that plans carry by handle. The method is declared as such so that references of different values fit in one list. */
export interface ReferenceSpec<Value = unknown, Name extends string = string> {
  readonly kind: "reference";
  readonly name: Name;
  readonly schema: InputSchema<Value>;
  readonly ttlMs: number | null;
  /** Changes when the name or the schema does, as far as JSON Schema can tell. */
  readonly hash: ContentHash;
  /** Throws a SpecError when the author's function gives something else than a little JSON. */
  glimpse(this: void, value: Value): Json;
}

/** The value behind a reference. */
export type ReferenceValue<Reference extends ReferenceSpec> =
  Reference extends ReferenceSpec<infer Value, string> ? Value : never;

const ReferenceFields = fields({
  name: nameField,
  schema: z.unknown().optional(),
  ttlMs: wholeField(0, Number.MAX_SAFE_INTEGER).optional(),
  glimpse: z.custom<unknown>((value) => typeof value === "function", { error: "a function" }).optional(),
});

/** Declares a kind of reference. */
export function defineReference<Source extends SchemaSource, const Name extends string>(
  definition: ReferenceDefinition<Source, Name>,
): ReferenceSpec<SchemaValue<Source>, Name> {
  const parsed = ReferenceFields.safeParse(definition);
  // The field's type is known; that it is there is what the compilation checks.
  const compiled = compileStoredSchema(valueAt(definition, ["schema"]) as Source, "schema");
  if (!parsed.success || !compiled.ok) {
    const issues = [
      ...(parsed.success ? [] : specIssues(parsed.error.issues, definition)),
      ...(compiled.ok ? [] : compiled.issues),
    ];
    throw specError(specSubject("defineReference", valueAt(definition, ["name"])), issues);
  }
  const { name, glimpse } = definition;
  return deepFreeze({
    kind: "reference",
    name,
    schema: compiled.input,
    ttlMs: parsed.data.ttlMs ?? null,
    hash: schemaHash(name, compiled.input.jsonSchema),
    glimpse:
      glimpse === undefined ? plainGlimpse : (value: SchemaValue<Source>) => checkedGlimpse(name, glimpse(value)),
  });
}

function checkedGlimpse(name: string, glimpse: unknown): Json {
  const copy = copyJson(glimpse);
  const expected = `a function that returns JSON of at most ${REFERENCE_GLIMPSE_BYTES} bytes`;
  const subject = specSubject("defineReference", name);
  if (copy === undefined) {
    throw specError(subject, [wrongField("glimpse", expected, `one that returned ${describeValue(glimpse)}`)]);
  }
  const size = byteLength(JSON.stringify(copy));
  if (size > REFERENCE_GLIMPSE_BYTES)
    throw specError(subject, [wrongField("glimpse", expected, `one that returned ${size} bytes`)]);
  return copy;
}
