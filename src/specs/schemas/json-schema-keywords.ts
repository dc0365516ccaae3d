/** The type family that a keyword speaks about. */
export type Family = "object" | "array" | "string" | "number";

/** What the value of a keyword must look like. */
export type KeywordValue =
  | "type"
  | "values"
  | "primitive"
  | "ref"
  | "schema"
  | "schemas"
  | "schema-map"
  | "pattern-map"
  | "names"
  | "count"
  | "number"
  | "positive"
  | "pattern"
  | "format"
  | "flag"
  | "nothing"
  | "any";

/** How one keyword of JSON Schema is treated. Absent keywords are refused, because zod would not enforce them. */
export interface Keyword {
  readonly value: KeywordValue;
  /** Implies this type when the schema names none, and makes no sense beside another. */
  readonly family?: Family;
  /** Says something to people or models and constrains nothing. */
  readonly isAnnotation?: true;
  /** Only at the top of the document. */
  readonly isRootOnly?: true;
}

/** The keywords that are enforced or harmless (held by the table test of this folder against zod's converter). */
export const KEYWORDS: { readonly [keyword: string]: Keyword } = {
  type: { value: "type" },
  enum: { value: "values" },
  const: { value: "primitive" },
  $ref: { value: "ref" },
  anyOf: { value: "schemas" },
  oneOf: { value: "schemas" },
  allOf: { value: "schemas" },
  not: { value: "nothing" },
  properties: { value: "schema-map", family: "object" },
  required: { value: "names", family: "object" },
  additionalProperties: { value: "schema", family: "object" },
  patternProperties: { value: "pattern-map", family: "object" },
  propertyNames: { value: "schema", family: "object" },
  minProperties: { value: "count", family: "object" },
  maxProperties: { value: "count", family: "object" },
  items: { value: "schema", family: "array" },
  prefixItems: { value: "schemas", family: "array" },
  contains: { value: "schema", family: "array" },
  minContains: { value: "count", family: "array" },
  maxContains: { value: "count", family: "array" },
  minItems: { value: "count", family: "array" },
  maxItems: { value: "count", family: "array" },
  uniqueItems: { value: "flag", family: "array" },
  minLength: { value: "count", family: "string" },
  maxLength: { value: "count", family: "string" },
  pattern: { value: "pattern", family: "string" },
  format: { value: "format", family: "string" },
  minimum: { value: "number", family: "number" },
  maximum: { value: "number", family: "number" },
  exclusiveMinimum: { value: "number", family: "number" },
  exclusiveMaximum: { value: "number", family: "number" },
  multipleOf: { value: "positive", family: "number" },
  default: { value: "any", isAnnotation: true },
  title: { value: "any", isAnnotation: true },
  description: { value: "any", isAnnotation: true },
  examples: { value: "any", isAnnotation: true },
  deprecated: { value: "any", isAnnotation: true },
  readOnly: { value: "any", isAnnotation: true },
  writeOnly: { value: "any", isAnnotation: true },
  $comment: { value: "any", isAnnotation: true },
  $schema: { value: "any", isAnnotation: true, isRootOnly: true },
  $id: { value: "any", isAnnotation: true, isRootOnly: true },
  $defs: { value: "schema-map", isRootOnly: true },
};

/** The formats that zod enforces as JSON Schema means them. */
export const FORMATS: readonly string[] = [
  "base64",
  "base64url",
  "cidr",
  "cidr-v6",
  "cuid",
  "cuid2",
  "date",
  "date-time",
  "duration",
  "e164",
  "email",
  "hostname",
  "iban",
  "ipv4",
  "ipv6",
  "jwt",
  "ksuid",
  "mac",
  "nanoid",
  "time",
  "ulid",
  "uri",
  "uuid",
  "xid",
];

/** The values of `type` and the family of keywords that goes with each. */
export const TYPES: { readonly [type: string]: Family | null } = {
  object: "object",
  array: "array",
  string: "string",
  number: "number",
  integer: "number",
  boolean: null,
  null: null,
};
