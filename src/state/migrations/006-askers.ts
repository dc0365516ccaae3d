import { sql } from "kysely";
import type { Migration } from "./migration.ts";

/** Who asked for each revision of a plan and which agent stored it; who asked for an earlier one. */
export const askers: Migration = {
  version: 6,
  name: "askers",
  up: async (db) => {
    await db.schema.alterTable("plans").addColumn("also_asked_by", "text").execute();
    await db.schema.alterTable("plan_revisions").addColumn("requested_by", "text").execute();
    await db.schema.alterTable("plan_revisions").addColumn("agent", "text").execute();
    // Of the last revision it is known; who asked for the ones before it was not kept.
    for (const column of ["requested_by", "agent"])
      await sql`update plan_revisions set ${sql.ref(column)} = (
        select ${sql.ref(`plans.${column}`)} from plans
        where plans.tenant = plan_revisions.tenant and plans.workspace = plan_revisions.workspace
          and plans.plan_id = plan_revisions.plan_id and plans.revision = plan_revisions.revision)`.execute(db);
  },
};
