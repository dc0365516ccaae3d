import type { Json, JsonObject } from "../../protocol/json.ts";
import { describeValue } from "../describe-value.ts";
import { joinPath } from "../field-path.ts";
import { type SpecIssue, unwantedField, wrongField } from "../spec-issue.ts";
import { isJsonObject } from "./is-json-object.ts";
import { refTarget, subschemas } from "./json-schema-walk.ts";

/**
 * What goes wrong when several schemas judge the same value. Two cases: zod's intersection forgives a key that only one side
 * refuses, so `additionalProperties: false` and `propertyNames` lose their force there; and a `$ref` that leads back to itself
 * without going down never ends.
 */
export function checkOverlaps(root: JsonObject, path: string): readonly SpecIssue[] {
  const issues = overlapsBelow({ root, schema: root, path });
  return [...new Map(issues.map((issue) => [issue.line, issue])).values()];
}

/** A schema of the document `root` and where it stands. */
interface Place {
  readonly root: JsonObject;
  readonly schema: JsonObject;
  readonly path: string;
}

function overlapsBelow(place: Place): readonly SpecIssue[] {
  const strict = isIntersection(place.schema) ? strictParts(place, []) : [];
  const loop = leadsBack(place, []) ? [loopIssue(place)] : [];
  return [...strict, ...loop, ...placesIn(place, subschemas(place.schema)).flatMap(overlapsBelow)];
}

function isIntersection(schema: JsonObject): boolean {
  const lists = COMPOSITIONS.filter((keyword) => schema[keyword] !== undefined);
  const hasBase = ["type", "enum", "const"].some((keyword) => schema[keyword] !== undefined);
  const parts = Array.isArray(schema["allOf"]) ? schema["allOf"].length : 0;
  return lists.length > 0 && (hasBase || lists.length > 1 || parts > 1);
}

const COMPOSITIONS = ["anyOf", "oneOf", "allOf"];

function strictParts(place: Place, seen: readonly JsonObject[]): readonly SpecIssue[] {
  const { schema, path } = place;
  if (seen.includes(schema)) return [];
  const strict = [
    ...(schema["additionalProperties"] === false ? ["additionalProperties"] : []),
    ...(schema["propertyNames"] === undefined ? [] : ["propertyNames"]),
  ];
  return [
    ...strict.map((keyword) =>
      unwantedField(
        joinPath(path, keyword),
        "it would not be enforced where schemas are combined",
        describeValue(schema[keyword]),
      ),
    ),
    ...sameValueParts(place).flatMap((part) => strictParts(part, [...seen, schema])),
  ];
}

function leadsBack(place: Place, seen: readonly JsonObject[]): boolean {
  if (seen.includes(place.schema)) return true;
  return sameValueParts(place).some((part) => leadsBack(part, [...seen, place.schema]));
}

function loopIssue({ path }: Place): SpecIssue {
  const expected = "a reference that goes down into properties or items";
  return wrongField(joinPath(path, "$ref"), expected, "one that leads back to itself");
}

/** The schemas that judge the very value that this one judges. */
function sameValueParts(place: Place): readonly Place[] {
  const { schema, root } = place;
  const target = refTarget(root, schema["$ref"]);
  const listed = subschemas(schema).filter((inner) => COMPOSITIONS.includes(inner.keyword));
  return placesIn(place, target === undefined ? listed : [...listed, { path: ["$ref"], schema: target }]);
}

function placesIn(
  { root, path }: Place,
  inner: readonly { readonly path: readonly (string | number)[]; readonly schema: Json }[],
): readonly Place[] {
  return inner.flatMap((part) => {
    if (!isJsonObject(part.schema)) return [];
    const below = part.path.reduce((parent: string, segment) => joinPath(parent, segment), path);
    return [{ root, schema: part.schema, path: below }];
  });
}
