import type { DataEnvironment } from "../data/data-environment.ts";
import { missingTarget } from "../data/name-target.ts";
import type { TargetDatabase } from "../data/port.ts";
import { openTarget } from "../data/target/open-target-database.ts";
import type { CatalogScope } from "../protocol/catalog.ts";
import { type Catalog, missingCatalog, openCatalogOf } from "./open-catalog.ts";

/** The catalog and the database of one workspace for as long as a worker runs. Each is opened by its first use. */
export interface WorkspaceData {
  /** Fails with CATALOG_MISSING when the data environment names none. */
  catalog(): Promise<Catalog>;
  /** Fails with TARGET_DATABASE_MISSING when the data environment names none. */
  target(): TargetDatabase;
  /** Opens the catalog when its index is to be built before any work. */
  prepare(): Promise<void>;
  close(): Promise<void>;
}

/** The data of a workspace; `environment` is null when its app was given none. */
export function openWorkspaceData(environment: DataEnvironment | null, scope: CatalogScope): WorkspaceData {
  let catalog: Promise<Catalog> | undefined;
  let target: TargetDatabase | undefined;
  const open = async (): Promise<Catalog> => {
    if (environment === null) throw missingCatalog(NO_ENVIRONMENT);
    // What could not be opened is tried again by the next call.
    catalog ??= openCatalogOf(environment, scope).catch((error: unknown) => {
      catalog = undefined;
      throw error;
    });
    return await catalog;
  };
  return {
    catalog: open,
    target: () => {
      if (environment === null || environment.targetDatabase === null)
        throw missingTarget(environment?.source ?? NO_ENVIRONMENT);
      return (target ??= openTarget(environment.targetDatabase));
    },
    prepare: async () => {
      if (environment?.catalogSearch?.rebuildOnStart === true && environment.catalog !== null) await open();
    },
    close: async () => {
      await target?.close();
      await catalog?.then(
        (opened) => opened.close(),
        () => undefined,
      );
    },
  };
}

const NO_ENVIRONMENT = "this app has no data environment, which";
