import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { openKeyValueStore } from "../../src/catalog/key-value/open-key-value-store.ts";
import type { KeyValueStore } from "../../src/catalog/key-value/port.ts";
import {
  type IngestOptions,
  type IngestReport,
  ingestKnowledge,
} from "../../src/catalog/knowledge/ingest-knowledge.ts";
import type { CatalogStore } from "../../src/catalog/port.ts";
import type { CatalogScope } from "../../src/protocol/catalog.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { SCOPE, entry, kindOf, openCatalogAt } from "./catalog-store.ts";

/** A folder of documents with the stores that they are ingested into. */
export interface KnowledgeLab {
  readonly url: string;
  readonly folder: string;
  readonly catalog: CatalogStore;
  readonly keyValue: KeyValueStore;
  write(path: string, text: string): void;
  remove(path: string): void;
  ingest(options?: Partial<IngestOptions>): Promise<IngestReport>;
}

/** A catalog with three entries, a key-value store in the same database, and a folder with the files. */
export async function openLab(
  url: string,
  files: Readonly<Record<string, string>>,
  scope: CatalogScope = SCOPE,
): Promise<KnowledgeLab> {
  const folder = join(temporaryFolder(), "docs");
  mkdirSync(folder);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const catalog = await openCatalogAt(url, scope);
  await catalog.upsert({ entries: TABLES });
  const keyValue = await openKeyValueStore({ kind: kindOf(url), url, ensureSchema: true }, scope);
  onTestFinished(() => keyValue.close());
  return {
    url,
    folder,
    catalog,
    keyValue,
    write,
    remove: (path) => rmSync(join(folder, path)),
    ingest: (options = {}) =>
      ingestKnowledge({ keyValue, catalog, folder, extensions: EXTENSIONS, source: "docs", ...options }),
  };
}

const EXTENSIONS = ["md", "txt", "html", "csv", "pdf"];
const TABLES = [
  entry("table:shop.main.dim_products", { name: "dim_products", qualified_name: "shop.main.dim_products" }),
  entry("column:shop.main.dim_products.price", { name: "price", qualified_name: "shop.main.dim_products.price" }),
  entry("table:shop.main.dim_inventory", { name: "dim_inventory", qualified_name: "shop.main.dim_inventory" }),
];
