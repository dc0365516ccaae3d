import { type Kysely, type Transaction, sql } from "kysely";
import type { CatalogScope } from "../../protocol/catalog.ts";
import { InputError, StateError } from "../../protocol/errors.ts";
import { type KeyValueDatabase, type KeyValueTables, openKeyValueDatabase } from "./key-value-database.ts";
import type { KeyValue, KeyValueSource, KeyValueStore } from "./port.ts";

/** Opens the key-value store of one scope. Its table is created when `ensureSchema` says so, and required otherwise. */
export async function openKeyValueStore(
  source: KeyValueSource | undefined,
  scope: CatalogScope,
): Promise<KeyValueStore> {
  if (source === undefined) throw missingKeyValue();
  const namespace = keyValueNamespace(scope);
  const database = await openKeyValueDatabase(source);
  try {
    if (source.ensureSchema) await database.migrate();
    else if (!(await database.hasTable())) throw missingTable(database.label);
  } catch (error) {
    await database.close();
    throw error;
  }
  return storeOf(database, namespace);
}

/** The namespace of a scope: the tenant alone for the default workspace, so that nobody can name another's by a chosen id. */
function keyValueNamespace({ tenantId, workspaceId }: CatalogScope): string {
  for (const [what, id] of [
    ["tenant", tenantId],
    ["workspace", workspaceId],
  ] as const) {
    if (id !== "" && !id.includes("::")) continue;
    throw new InputError("INPUT_INVALID", `${what} id must be a name without "::"; received ${JSON.stringify(id)}.`);
  }
  return workspaceId === "default" ? tenantId : `${tenantId}::workspace:${workspaceId}`;
}

function missingKeyValue(): StateError {
  return new StateError("KV_MISSING", "knowledge needs a key-value store; the data environment has no kv", {
    hint: 'add kv to the data environment, for example {"kind": "sqlite", "url": "sqlite:.bridle/kv.db", "ensure_schema": true}',
  });
}

function missingTable(label: string): StateError {
  return new StateError(
    "KV_MISSING",
    `key-value store ${label} has no table bridle_kv, and kv.ensure_schema is false`,
    {
      hint: "set kv.ensure_schema to true once, or point kv.url to a store that was created before",
    },
  );
}

function storeOf(database: KeyValueDatabase, namespace: string): KeyValueStore {
  return {
    namespace,
    get: (keys) => database.read((db) => get(db, namespace, keys)),
    put: (values) => database.write((tx) => put(tx, namespace, values)),
    remove: (keys) => database.write((tx) => remove(tx, namespace, keys)),
    list: (prefix, page) => database.read((db) => list(db, { namespace, prefix, ...page })),
    close: () => database.close(),
  };
}

/** Parameters of one statement stay below what both databases take. */
const KEYS_PER_STATEMENT = 500;

async function get(
  db: Kysely<KeyValueTables>,
  namespace: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const some of parts(keys)) {
    const rows = await db
      .selectFrom("bridle_kv")
      .select(["key", "value"])
      .where("namespace", "=", namespace)
      .where("key", "in", some)
      .execute();
    for (const { key, value } of rows) found.set(key, value);
  }
  return found;
}

async function put(tx: Transaction<KeyValueTables>, namespace: string, values: readonly KeyValue[]): Promise<void> {
  for (const some of parts(values)) {
    const rows = some.map(({ key, value }) => ({ namespace, key, value }));
    await tx
      .insertInto("bridle_kv")
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(["namespace", "key"]).doUpdateSet({ value: (given) => given.ref("excluded.value") }),
      )
      .execute();
  }
}

async function remove(tx: Transaction<KeyValueTables>, namespace: string, keys: readonly string[]): Promise<void> {
  for (const some of parts(keys))
    await tx.deleteFrom("bridle_kv").where("namespace", "=", namespace).where("key", "in", some).execute();
}

interface ListWish {
  readonly namespace: string;
  readonly prefix: string;
  readonly after?: string;
  readonly limit: number;
}

async function list(db: Kysely<KeyValueTables>, wish: ListWish): Promise<readonly KeyValue[]> {
  const { namespace, prefix, after, limit } = wish;
  // Databases count characters, of which some are two units here.
  const { length } = Array.from(prefix);
  return await db
    .selectFrom("bridle_kv")
    .select(["key", "value"])
    .where("namespace", "=", namespace)
    .where("key", ">=", prefix)
    .where(sql<boolean>`substr(key, 1, ${length}) = ${prefix}`)
    .$if(after !== undefined, (query) => query.where("key", ">", after ?? ""))
    .orderBy("key")
    .limit(limit)
    .execute();
}

function parts<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / KEYS_PER_STATEMENT);
  return Array.from({ length: count }, (_, part) =>
    items.slice(part * KEYS_PER_STATEMENT, (part + 1) * KEYS_PER_STATEMENT),
  );
}
