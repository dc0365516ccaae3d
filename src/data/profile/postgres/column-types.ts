import type { TableDescription } from "../description.ts";
import type { PostgresRead } from "./postgres-session.ts";
import { qualifiedName } from "./view-bases.ts";

/** The type of each column behind whatever domain, as the server writes it without its length. */
export async function columnTypes(
  read: PostgresRead,
  { schema, name }: TableDescription,
): Promise<ReadonlyMap<string, string>> {
  const rows = await read<{ name: string; type: string }>(
    `WITH RECURSIVE base(name, oid, typtype, typbasetype) AS (
       SELECT a.attname, t.oid, t.typtype, t.typbasetype FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
       WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
       UNION ALL SELECT b.name, t.oid, t.typtype, t.typbasetype FROM base AS b JOIN pg_type AS t ON t.oid = b.typbasetype
       WHERE b.typtype = 'd')
     SELECT name, format_type(oid, NULL) AS type FROM base WHERE typtype <> 'd'`,
    [qualifiedName(schema, name)],
  );
  return new Map(rows.map((row) => [row.name, row.type]));
}

/** Whether a type holds numbers that can be added up. */
export function isNumber(type: string): boolean {
  return /^(?:smallint|integer|bigint|numeric|real|double precision)$/.test(type);
}

/** Whether a type holds points in time. */
export function isTime(type: string): boolean {
  return /^(?:date|time|timestamp)(?: with(?:out)? time zone)?$/.test(type);
}

/** Whether the smallest of the texts of a type is the smallest of its values: of money, spans, ranges and enums it is not. */
export function isOrderedAsText(type: string): boolean {
  return (
    isTime(type) || /^(?:text|character varying|character|bpchar|name|"char"|uuid|boolean|(?:.+\.)?citext)$/.test(type)
  );
}
