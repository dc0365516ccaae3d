import type { ViewBasis } from "../description.ts";
import { quoteName } from "../quote-name.ts";
import type { RelationRow } from "./postgres-catalogs.ts";
import type { PostgresRead } from "./postgres-session.ts";

/** What each view reads, by the view's oid: pg_depend knows the tables and the columns that are used. */
export async function viewBasesOf(
  read: PostgresRead,
  relations: readonly RelationRow[],
): Promise<ReadonlyMap<string, readonly ViewBasis[]>> {
  const views = relations.filter(({ kind }) => kind === "v" || kind === "m");
  if (views.length === 0) return new Map();
  const used = await read<{ view: string; schema: string; table: string; columns: readonly string[] | null }>(
    `SELECT r.ev_class::text AS view, n.nspname AS schema, c.relname AS table,
       array_agg(DISTINCT a.attname::text) FILTER (WHERE a.attname IS NOT NULL) AS columns
     FROM pg_rewrite AS r
     JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
       AND d.refobjid <> r.ev_class
     JOIN pg_class AS c ON c.oid = d.refobjid AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
     JOIN pg_namespace AS n ON n.oid = c.relnamespace
     LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND a.attnum > 0
     WHERE r.ev_class = ANY ($1::oid[]) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [views.map(({ oid }) => oid)],
  );
  const columns = await read<{ view: string; name: string }>(
    `SELECT attrelid::text AS view, attname AS name FROM pg_attribute
     WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 ORDER BY attrelid, attnum`,
    [views.map(({ oid }) => oid)],
  );
  const bases = new Map<string, ViewBasis[]>();
  for (const { view, schema, table, columns: read_ } of used) {
    const own = columns.filter((column) => column.view === view).map(({ name }) => name);
    // The catalog knows which base columns a view uses, not where each ends up: a name in common is how views pass them on.
    const pairs = (read_ ?? []).filter((name) => own.includes(name)).map((name) => [name, name] as const);
    bases.set(view, [...(bases.get(view) ?? []), { schema, table, columns: pairs }]);
  }
  return bases;
}

/** The qualified, quoted name of a relation. */
export function qualifiedName(schema: string, table: string): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}
