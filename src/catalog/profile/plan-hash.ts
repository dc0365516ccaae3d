import { sha256 } from "../../lib/sha256.ts";
import { stableJson } from "../../lib/stable-json.ts";
import type { TablePlan } from "../../data/profile/plan-profile.ts";

/** Names what a run will do: which tables with which columns, each read how. Costs and row counts are no part of it. */
export function planHashOf(databaseId: string, tables: readonly TablePlan[]): string {
  const parts = tables.map(({ table, strategy, read }) => [
    table.schema,
    table.name,
    table.columns.map(({ name, dataType }) => [name, dataType]),
    strategy,
    read,
  ]);
  return sha256(stableJson([databaseId, parts]));
}
