import { join } from "node:path";
import { type Catalog, openCatalog } from "bridle/data";

/** Opens a catalog of this name in a folder, with an index that follows it. */
export async function openBenchCatalog(folder: string, name: string): Promise<Catalog> {
  const environment = {
    catalog: { kind: "sqlite", url: `sqlite:${join(folder, `${name}.db`)}` },
    catalog_search: { index_path: join(folder, `${name}-index.db`), write_through: true },
  };
  return await openCatalog(environment, { tenantId: "bench" });
}
