import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { WORKSPACES, type Workspace, workspaceFolder } from "./workspace-folder.ts";

const SCHEMA = `
create table products (
  product_id text primary key,
  name text not null,
  category text not null,
  list_price real not null
) strict;
create table orders (
  order_id integer primary key,
  product_id text not null references products (product_id),
  ordered_on text not null,
  units integer not null,
  unit_price real not null
) strict;
create index orders_product on orders (product_id);
`;

const PRODUCTS: Readonly<Record<Workspace, readonly (readonly [string, string, string, number])[]>> = {
  acme: [
    ["p-001", "Sparkling Water 12pk", "beverages", 5.99],
    ["p-002", "Oat Milk 1l", "beverages", 2.19],
    ["p-003", "Espresso Beans 1kg", "coffee", 14.5],
    ["p-004", "Tomato Sauce 500g", "pantry", 2.79],
    ["p-005", "Paper Towels 6pk", "household", 4.49],
  ],
  globex: [
    ["p-001", "Desk Lamp", "lighting", 39.9],
    ["p-002", "Office Chair", "furniture", 189],
    ["p-003", "Whiteboard", "office", 79.5],
  ],
};
const ORDERS_PER_PRODUCT = 60;

/** Writes the database and the data environment of every workspace: the same schema, separate files. */
export function seed(root?: string): void {
  for (const workspace of WORKSPACES) {
    const { target, dataEnvironment } = workspaceFolder(workspace, root);
    // Also for the folders above it, of which `.bridle` will have more than ours: only their owner reads them.
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    if (!existsSync(target)) writeDatabase(target, workspace);
    writeFileSync(dataEnvironment, `${JSON.stringify(descriptor(workspace), null, 2)}\n`);
    console.error(`Seeded ${target}.`);
  }
}

function writeDatabase(path: string, workspace: Workspace): void {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  const database = new Database(unfinished);
  database.exec(SCHEMA);
  const product = database.prepare("insert into products values (?, ?, ?, ?)");
  const order = database.prepare("insert into orders (product_id, ordered_on, units, unit_price) values (?, ?, ?, ?)");
  database.transaction(() => {
    PRODUCTS[workspace].forEach((row, index) => {
      product.run(row);
      for (let n = 0; n < ORDERS_PER_PRODUCT; n += 1) order.run(row[0], day(n), 1 + ((n * 7 + index * 3) % 12), row[3]);
    });
  })();
  database.exec("analyze");
  database.close();
  renameSync(unfinished, path);
}

function day(n: number): string {
  return new Date(Date.UTC(2026, 0, 1 + n * 3)).toISOString().slice(0, 10);
}

function descriptor(workspace: Workspace): object {
  return {
    tenant_id: "catalog-demo",
    workspace_id: workspace,
    target_database: { kind: "sqlite", url: "sqlite:target.db" },
    catalog: { kind: "sqlite", url: "sqlite:catalog.db", ensure_schema: true },
    catalog_search: { index_path: "catalog-index.db", rebuild_on_start: true, write_through: true },
  };
}
