import type { Migration } from "./migration.ts";

/** How many requests may be starting a run: only the last of them may take it away again. */
export const starts: Migration = {
  version: 5,
  name: "starts",
  up: async (db) => {
    await db.schema
      .alterTable("runs")
      .addColumn("starts", "integer", (column) => column.notNull().defaultTo(1))
      .execute();
    await db.schema
      .alterTable("runs")
      .addColumn("earlier_starts", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    // A run of before has been asked for long ago.
    await db.schema
      .alterTable("runs")
      .addColumn("asked_at", "text", (column) => column.notNull().defaultTo(""))
      .execute();
  },
};
