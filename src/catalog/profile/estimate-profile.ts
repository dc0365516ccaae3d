import type { DatabaseDescription } from "../../data/profile/description.ts";
import { planProfile, type ProfileOptions, type TablePlan } from "../../data/profile/plan-profile.ts";
import { overheadMs } from "../../data/profile/profile-cost.ts";
import type { CatalogScope } from "../../protocol/catalog.ts";
import { requireKnownTables } from "./known-tables.ts";
import { entryIdOf } from "./entry-id.ts";
import { planHashOf } from "./plan-hash.ts";

/** What an estimate is of. */
export interface EstimateSetup {
  readonly databaseId: string;
  readonly scope: CatalogScope;
  readonly schema: string | null;
  readonly options: ProfileOptions;
}

/** What a profile would read and how long it would take, from statistics alone. */
export interface ProfileEstimate {
  readonly databaseId: string;
  readonly engine: string;
  readonly serverVersion: string;
  readonly scope: CatalogScope & { readonly schema: string | null; readonly tables: readonly string[] };
  readonly tables: readonly TableEstimate[];
  readonly totals: {
    readonly tables: number;
    readonly queries: number;
    readonly rowsToRead: number;
    readonly bytes: number;
    readonly ms: readonly [low: number, high: number];
  };
  /** What a model would cost: nothing, as long as no descriptions are written by one. */
  readonly llm: { readonly calls: 0; readonly inputTokens: 0; readonly outputTokens: 0; readonly usd: 0 };
  readonly warnings: readonly string[];
  readonly planHash: string;
}

/** One table of an estimate. */
export interface TableEstimate {
  readonly id: string;
  readonly relationType: string;
  readonly rows: {
    readonly value: number | null;
    readonly method: string;
    readonly asOf: string | null;
    readonly stale: boolean;
  };
  readonly bytes: number | null;
  readonly columns: number;
  readonly strategy: string;
  readonly reason: string;
  readonly queries: number;
  readonly rowsToRead: number;
  readonly cellsToRead: number;
  readonly ms: readonly [low: number, high: number];
}

/** Makes the estimate of a described database. */
export function estimateProfile(description: DatabaseDescription, setup: EstimateSetup): ProfileEstimate {
  const { databaseId, scope, schema, options } = setup;
  const plan = planProfile(description, options);
  requireKnownTables(plan, description);
  const { tables } = plan;
  const overhead = overheadMs(tables.length, plan.candidates.length, description);
  const sum = (of: (table: TablePlan) => number): number => tables.reduce((total, table) => total + of(table), 0);
  return {
    databaseId,
    engine: description.engine,
    serverVersion: description.serverVersion,
    scope: { ...scope, schema, tables: options.tables },
    tables: tables.map((table) => tableEstimate(databaseId, table)),
    totals: {
      tables: tables.length,
      queries: sum(({ queries }) => queries) + plan.candidates.length * QUERIES_PER_TEST,
      rowsToRead: sum(({ rowsToRead }) => rowsToRead),
      bytes: sum(({ table }) => table.bytes ?? 0),
      ms: [overhead[0] + sum(({ ms }) => ms[0]), overhead[1] + sum(({ ms }) => ms[1])],
    },
    llm: { calls: 0, inputTokens: 0, outputTokens: 0, usd: 0 },
    warnings: [...description.warnings, ...tables.flatMap(warningsOf)],
    planHash: planHashOf(databaseId, tables),
  };
}

const QUERIES_PER_TEST = 2;

function tableEstimate(databaseId: string, plan: TablePlan): TableEstimate {
  const { table, strategy, reason, queries, rowsToRead, cellsToRead, ms } = plan;
  const { value, method, asOf, isStale } = table.rows;
  return {
    id: entryIdOf([databaseId, table.schema, table.name]),
    relationType: table.relationType,
    rows: { value, method, asOf, stale: isStale },
    bytes: table.bytes,
    columns: table.columns.length,
    strategy,
    reason,
    queries,
    rowsToRead,
    cellsToRead,
    ms,
  };
}

function warningsOf({ table }: TablePlan): readonly string[] {
  const own = table.warnings.map((warning) => `${table.schema}.${table.name}: ${warning}`);
  const isView = table.relationType === "view";
  if (isView)
    return [...own, `${table.schema}.${table.name}: a view has no statistics; what its rows cost is not known`];
  if (table.rows.value === null && table.isReadable)
    return [...own, `${table.schema}.${table.name}: there are no statistics; its rows are guessed from its size`];
  return own;
}
