import type { Kysely } from "kysely";
import { Scope } from "../protocol/ids.ts";
import type { StateTables } from "./schema.ts";
import { parseStored } from "./stored-json.ts";

/** Every run belongs to a thread; a plan that host code stored belongs to no run. */
export async function listScopes(db: Kysely<StateTables>): Promise<readonly Scope[]> {
  const rows = await db
    .selectFrom("threads")
    .select(["tenant", "workspace"])
    .union(db.selectFrom("plans").select(["tenant", "workspace"]))
    .orderBy("tenant")
    .orderBy("workspace")
    .execute();
  return rows.map((row) => parseStored(Scope, row, `scope ${row.tenant}/${row.workspace}`));
}
