import type { ProfilePlan } from "../../data/profile/plan-profile.ts";
import type { TableDescription } from "../../data/profile/description.ts";
import { readableTable } from "../../data/profile/table-family.ts";
import { BridleError } from "../../protocol/errors.ts";
import { PROFILE_REFERENCE_ROWS } from "../../protocol/limits/profile.ts";
import type { CatalogEdge } from "../../protocol/catalog.ts";
import type { CatalogStore } from "../port.ts";
import { entryIdOf, entryIdPrefix } from "./entry-id.ts";
import { inferredEdge, type MirrorCandidate, mirrorEdges } from "./profile-edges.ts";
import type { ProfileJournal } from "./profile-journal.ts";
import type { ProfileRun } from "./profile-run.ts";

/** What the search for undeclared relations came to. */
export interface RelationOutcome {
  readonly tested: number;
  readonly inferred: number;
  readonly warnings: readonly string[];
}

/** A run with the journal it writes to. */
export interface RelationRun extends ProfileRun {
  readonly journal: ProfileJournal;
}

/** Tests every candidate against the data and keeps what it bears out, and the copies of tables elsewhere. */
export async function writeRelations(run: RelationRun, plan: ProfilePlan): Promise<RelationOutcome> {
  const { databaseId, journal } = run;
  const edges: CatalogEdge[] = [];
  const warnings: string[] = [];
  for (const [index, candidate] of plan.candidates.entries()) {
    run.signal?.throwIfAborted();
    const { from, column, to, toColumn } = candidate;
    const test = {
      from: { schema: from.schema, table: readableTable(from).name, column },
      to: { schema: to.schema, table: readableTable(to).name, column: toColumn },
      rows: PROFILE_REFERENCE_ROWS,
    };
    try {
      const edge = inferredEdge(databaseId, candidate, await run.reader.testReference(test));
      if (edge !== null) edges.push(edge);
    } catch (error) {
      if (run.signal?.aborted === true || !(error instanceof BridleError)) throw error;
      warnings.push(error.message);
    }
    run.onEvent?.({ kind: "relations", done: index + 1, of: plan.candidates.length });
  }
  const tables = await tablesByName(run.catalog);
  // Without reading rows nothing is inferred, and what was stays.
  const isTested = !run.options.isSchemaOnly;
  for (const { table } of plan.tables) {
    const id = entryIdOf([databaseId, table.schema, table.name]);
    const own = isTested ? edges.filter(({ from }) => from === id) : await earlierReferences(run.catalog, id);
    const mirrors = mirrorEdges(databaseId, table, await namesakes({ catalog: run.catalog, id, tables }, table));
    await journal.writeInferred(id, [...own, ...mirrors]);
  }
  return { tested: plan.candidates.length, inferred: edges.length, warnings };
}

async function earlierReferences(catalog: CatalogStore, id: string): Promise<readonly CatalogEdge[]> {
  return (await catalog.edges([id])).filter(({ from, type }) => from === id && type === "inferred_reference");
}

interface NamedTable {
  readonly id: string;
  readonly path: readonly [database: string, schema: string, table: string];
}

/** Tables that profiles found, of every database of the scope. */
async function tablesByName(catalog: CatalogStore): Promise<ReadonlyMap<string, readonly NamedTable[]>> {
  const found = new Map<string, NamedTable[]>();
  let after: string | null = "";
  while (after !== null) {
    const page = await catalog.list({ itemTypes: ["table"], ...(after === "" ? {} : { after }) });
    for (const { id, metadata } of page.entries) {
      const { databaseId, schemaName, tableName } = metadata;
      if (typeof databaseId !== "string" || typeof schemaName !== "string" || typeof tableName !== "string") continue;
      const key = tableName.toLowerCase();
      found.set(key, [...(found.get(key) ?? []), { id, path: [databaseId, schemaName, tableName] }]);
    }
    after = page.next;
  }
  return found;
}

interface NamesakeQuestion {
  readonly catalog: CatalogStore;
  readonly id: string;
  readonly tables: ReadonlyMap<string, readonly NamedTable[]>;
}

async function namesakes(
  { catalog, id, tables }: NamesakeQuestion,
  { name }: TableDescription,
): Promise<readonly MirrorCandidate[]> {
  const others = (tables.get(name.toLowerCase()) ?? []).filter((other) => other.id !== id);
  return await Promise.all(
    others.map(async (other) => {
      const page = await catalog.list({ itemTypes: ["column"], idPrefix: entryIdPrefix("column", other.path) });
      return { id: other.id, columns: page.entries.map((column) => column.name) };
    }),
  );
}
