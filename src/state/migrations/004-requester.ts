import type { Migration } from "./migration.ts";

/** The person who asked for a run, where that is known. */
export const requester: Migration = {
  version: 4,
  name: "requester",
  up: async (db) => {
    await db.schema.alterTable("runs").addColumn("requested_by", "text").execute();
  },
};
