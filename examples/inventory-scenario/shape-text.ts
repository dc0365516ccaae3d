/** The parts of a JSON Schema that our plans use. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly oneOf?: readonly Shape[];
}

/** A JSON Schema as one would write it down for a colleague. Made from the schema, a prompt cannot drift from what is checked. */
export function shapeText(schema: object): string {
  return text(schema as Shape, ""); // what zod makes of plan.ts
}

function text(shape: Shape, indent: string): string {
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.oneOf !== undefined) return shape.oneOf.map((one) => text(one, indent)).join(` or `);
  if (shape.items !== undefined) return `[${text(shape.items, indent)}, …]`;
  if (shape.properties === undefined) return shape.type ?? "any";
  const deeper = `${indent}  `;
  const fields = Object.entries(shape.properties).map(([name, field]) => {
    const meaning = field.description === undefined ? "" : `  — ${field.description}`;
    return `${deeper}${name}: ${text(field, deeper)}${meaning}`;
  });
  return ["{", ...fields, `${indent}}`].join("\n");
}
