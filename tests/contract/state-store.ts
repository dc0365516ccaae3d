import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import { inject, onTestFinished } from "vitest";
import { openStateStore } from "../../src/state/open-state-store.ts";
import type { StateStore } from "../../src/state/port.ts";
import { openDatabase } from "../../src/sqlite/open-database.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** One kind of state store as the contract tests see it. */
export interface StateStoreAdapter {
  readonly name: StateStore["kind"];
  /** The URL of a store that does not exist yet and goes away with the test. */
  newUrl(): string;
  /** Runs SQL behind the store's back. */
  execute(url: string, statement: string): Promise<void>;
}

/** Every adapter keeps the whole contract; a new one is added here and nowhere else. */
export const stateStores: readonly StateStoreAdapter[] = [
  {
    name: "sqlite",
    newUrl: () => {
      const folder = temporaryFolder();
      return `sqlite:${join(folder, "state.db")}`;
    },
    execute: async (url, statement) => {
      const database = openDatabase(url.replace("sqlite:", ""));
      database.exec(statement);
      database.close();
    },
  },
  {
    name: "postgres",
    newUrl: () => {
      const schema = `test_${randomBytes(8).toString("hex")}`;
      onTestFinished(() => executePostgres(inject("postgresUrl"), `drop schema if exists ${schema} cascade`));
      return `${inject("postgresUrl")}?schema=${schema}`;
    },
    execute: async (url, statement) => {
      const schema = url.split("schema=")[1] ?? "public";
      await executePostgres(inject("postgresUrl"), `set search_path = ${schema}; ${statement}`);
    },
  },
];

/** A store that is closed with the test. Two of the same URL are like two processes. */
export async function openStore(url: string): Promise<StateStore> {
  const store = await openStateStore({ url, pollMs: 10 });
  onTestFinished(() => store.close());
  return store;
}

async function executePostgres(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
