import type { Json, JsonObject } from "../../protocol/json.ts";
import { describeValue } from "../describe-value.ts";
import { joinPath } from "../field-path.ts";
import { type SpecIssue, unwantedField, wrongField } from "../spec-issue.ts";
import { isJsonObject } from "./is-json-object.ts";
import { type Family, KEYWORDS, TYPES } from "./json-schema-keywords.ts";
import { refTarget, subschemas } from "./json-schema-walk.ts";
import { keywordValuePhrase } from "./keyword-value.ts";

/** Everything in a normalised JSON Schema that would not be enforced as written. Nothing is ever skipped in silence. */
export function checkJsonSchema(root: JsonObject, path: string): readonly SpecIssue[] {
  return checkBelow(root, { root, path, isRoot: true });
}

interface Place {
  readonly root: JsonObject;
  readonly path: string;
  readonly isRoot: boolean;
}

function checkBelow(schema: JsonObject, place: Place): readonly SpecIssue[] {
  return [
    ...Object.keys(schema).flatMap((keyword) => keywordIssues(schema, keyword, place)),
    ...siblingIssues(schema, place),
    ...combinationIssues(schema, place),
    ...subschemas(schema).flatMap((inner) => {
      const path = inner.path.reduce((parent: string, segment) => joinPath(parent, segment), place.path);
      if (isJsonObject(inner.schema)) return checkBelow(inner.schema, { ...place, path, isRoot: false });
      return typeof inner.schema === "boolean" ? [] : [wrongField(path, "a JSON Schema", describeValue(inner.schema))];
    }),
  ];
}

function keywordIssues(schema: JsonObject, keyword: string, place: Place): readonly SpecIssue[] {
  if (keyword.startsWith("x-")) return [];
  const rule = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
  const path = joinPath(place.path, keyword);
  const received = describeValue(schema[keyword]);
  if (rule === undefined) return [unwantedField(path, `the keyword "${keyword}" would not be enforced`, received)];
  if (rule.isRootOnly === true && !place.isRoot)
    return [unwantedField(path, `"${keyword}" belongs at the top of the schema`, received)];
  const phrase = keywordValuePhrase(rule.value, schema[keyword]);
  if (phrase !== undefined) return [wrongField(path, phrase, received)];
  if (rule.family !== undefined && !families(schema).includes(rule.family)) {
    return [unwantedField(path, `"${keyword}" says nothing about ${typeText(schema)}`, received)];
  }
  return [];
}

/** Keywords that zod drops because of the one beside them. */
function siblingIssues(schema: JsonObject, place: Place): readonly SpecIssue[] {
  const reader = ["$ref", "not", "enum", "const"].find((keyword) => schema[keyword] !== undefined);
  if (reader === undefined) return [];
  const isValue = reader === "enum" || reader === "const";
  const allowed = isValue ? [reader, "type", "anyOf", "oneOf", "allOf"] : [reader, "$defs"];
  const dropped = Object.keys(schema).filter(
    (keyword) =>
      !allowed.includes(keyword) && KEYWORDS[keyword]?.isAnnotation !== true && Object.hasOwn(KEYWORDS, keyword),
  );
  const issues = dropped.map((keyword) =>
    unwantedField(
      joinPath(place.path, keyword),
      `it would not be enforced beside "${reader}" (put both into allOf)`,
      describeValue(schema[keyword]),
    ),
  );
  if (reader === "$ref" && refTarget(place.root, schema["$ref"]) === undefined) {
    return [
      ...issues,
      wrongField(
        joinPath(place.path, "$ref"),
        '"#" or "#/$defs/<name>" of a schema in $defs',
        describeValue(schema["$ref"]),
      ),
    ];
  }
  return isValue ? [...issues, ...valueIssues(schema, reader, place)] : issues;
}

function valueIssues(schema: JsonObject, reader: string, place: Place): readonly SpecIssue[] {
  if (schema["type"] === undefined) return [];
  const listed = schema[reader];
  const values: readonly Json[] =
    reader === "enum" && Array.isArray(listed) ? listed : listed === undefined ? [] : [listed];
  const strangers = values.filter((value) => !types(schema).some((type) => isOfType(value, type)));
  return strangers.map((value) =>
    wrongField(joinPath(place.path, reader), `of ${typeText(schema)}`, describeValue(value)),
  );
}

function combinationIssues(schema: JsonObject, place: Place): readonly SpecIssue[] {
  const issues: SpecIssue[] = [];
  const refuse = (keyword: string, expected: string): void => {
    issues.push(wrongField(joinPath(place.path, keyword), expected, describeValue(schema[keyword])));
  };
  const { properties, required, additionalProperties, patternProperties } = schema;
  if (isJsonObject(additionalProperties) && patternProperties !== undefined)
    refuse("additionalProperties", "true or false beside patternProperties");
  for (const name of isJsonObject(properties) ? Object.keys(properties) : []) {
    if (name in Object.prototype) refuse("properties", `an object without "${name}", which every object has already`);
  }
  const listed = isJsonObject(properties) ? properties : {};
  const missing = Array.isArray(required)
    ? required.filter((name) => typeof name === "string" && !Object.hasOwn(listed, name))
    : [];
  if (missing.length > 0 && additionalProperties === false && patternProperties === undefined) {
    refuse("required", `names that properties lists (${missing.join(", ")} would be refused as additional)`);
  }
  for (const name of missing)
    if (typeof name === "string" && name in Object.prototype)
      refuse("required", `a list without "${name}", which every object has already`);
  for (const keyword of ["minContains", "maxContains"]) {
    if (schema[keyword] !== undefined && schema["contains"] === undefined) refuse(keyword, "beside a contains");
  }
  return issues;
}

function families(schema: JsonObject): readonly Family[] {
  return types(schema).flatMap((type) => TYPES[type] ?? []);
}

function types(schema: JsonObject): readonly string[] {
  const type = schema["type"];
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.filter((name) => typeof name === "string") : [];
}

function typeText(schema: JsonObject): string {
  const names = types(schema);
  return names.length === 0 ? "a schema without a type" : `type ${names.map((name) => `"${name}"`).join(" or ")}`;
}

function isOfType(value: Json, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "null") return value === null;
  return typeof value === type;
}
