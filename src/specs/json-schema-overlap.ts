import type { Json, JsonObject } from "../protocol/json.ts";
import { describeValue } from "./describe-value.ts";
import { joinPath } from "./field-path.ts";
import { refTarget, subschemas } from "./json-schema-walk.ts";
import { isJsonObject } from "./is-json-object.ts";
import { type SpecIssue, unwantedField, wrongField } from "./spec-issue.ts";

/**
 * What goes wrong when several schemas judge the same value. Two cases: zod's intersection forgives a key that only one side
 * refuses, so `additionalProperties: false` and `propertyNames` lose their force there; and a `$ref` that leads back to itself
 * without going down never ends.
 */
export function checkOverlaps(root: JsonObject, path: string): readonly SpecIssue[] {
  return overlapsBelow(root, root, path);
}

function overlapsBelow(schema: JsonObject, root: JsonObject, path: string): readonly SpecIssue[] {
  const here = isIntersection(schema) ? strictParts(schema, root, path) : [];
  const loop = leadsBack(schema, root, [])
    ? [
        wrongField(
          joinPath(path, "$ref"),
          "a reference that goes down into properties or items",
          "one that leads back to itself",
        ),
      ]
    : [];
  const below = subschemas(schema).flatMap((inner) => {
    const innerPath = inner.path.reduce((parent: string, segment) => joinPath(parent, segment), path);
    return isJsonObject(inner.schema) ? overlapsBelow(inner.schema, root, innerPath) : [];
  });
  return [...new Map([...here, ...loop, ...below].map((issue) => [issue.line, issue])).values()];
}

function isIntersection(schema: JsonObject): boolean {
  const lists = ["anyOf", "oneOf", "allOf"].filter((keyword) => schema[keyword] !== undefined);
  const hasBase = ["type", "enum", "const"].some((keyword) => schema[keyword] !== undefined);
  const parts = Array.isArray(schema["allOf"]) ? schema["allOf"].length : 0;
  return lists.length > 0 && (hasBase || lists.length > 1 || parts > 1);
}

function strictParts(
  schema: JsonObject,
  root: JsonObject,
  path: string,
  seen: readonly JsonObject[] = [],
): readonly SpecIssue[] {
  if (seen.includes(schema)) return [];
  const isStrict: { readonly [keyword: string]: boolean } = {
    additionalProperties: schema["additionalProperties"] === false,
    propertyNames: schema["propertyNames"] !== undefined,
  };
  const own = Object.keys(isStrict).filter((keyword) => isStrict[keyword] === true);
  const parts = sameValueParts(schema, root).filter((part) => isJsonObject(part.schema));
  return [
    ...own.map((keyword) =>
      unwantedField(
        joinPath(path, keyword),
        "it would not be enforced where schemas are combined",
        describeValue(schema[keyword]),
      ),
    ),
    ...parts.flatMap((part) => {
      const partPath = part.path.reduce((parent: string, segment) => joinPath(parent, segment), path);
      return isJsonObject(part.schema) ? strictParts(part.schema, root, partPath, [...seen, schema]) : [];
    }),
  ];
}

function leadsBack(schema: JsonObject, root: JsonObject, seen: readonly JsonObject[]): boolean {
  if (seen.includes(schema)) return true;
  return sameValueParts(schema, root).some(
    (part) => isJsonObject(part.schema) && leadsBack(part.schema, root, [...seen, schema]),
  );
}

/** The schemas that judge the very value that this one judges. */
function sameValueParts(
  schema: JsonObject,
  root: JsonObject,
): readonly { readonly path: readonly (string | number)[]; readonly schema: Json }[] {
  const target = refTarget(root, schema["$ref"]);
  const listed = subschemas(schema).filter((inner) => ["anyOf", "oneOf", "allOf"].includes(inner.keyword));
  return target === undefined ? listed : [...listed, { path: ["$ref"], schema: target }];
}
