import type { CatalogEntry } from "../protocol/catalog.ts";

/** What an app knows and reads: read, checked and with every path and URL resolved. Frozen. */
export interface DataEnvironment {
  /** The descriptor's file, or "dataEnvironment" when it was given as an object. */
  readonly source: string;
  /** A guard: whoever has a tenant must have this one. Null when the descriptor names none. */
  readonly tenantId: string | null;
  readonly workspaceId: string;
  readonly kv: DurableLocation | null;
  readonly targetDatabase: TargetLocation | null;
  readonly catalog: CatalogLocation | null;
  readonly catalogSearch: CatalogSearchSettings | null;
}

/** A database that Bridle writes. A Postgres URL may hold a password: show `label`. */
export type DurableLocation =
  | { readonly kind: "sqlite"; readonly path: string; readonly ensureSchema: boolean; readonly label: string }
  | {
      readonly kind: "postgres";
      readonly url: string;
      /** `?schema=name` of the URL. */
      readonly schema: string | null;
      readonly ensureSchema: boolean;
      readonly label: string;
    };

/** The customer's database, which is only read. SQLite has one schema, `main`. */
export type TargetLocation =
  | { readonly kind: "sqlite"; readonly path: string; readonly schema: "main"; readonly label: string }
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string; readonly label: string };

/** Where the catalog is. */
export type CatalogLocation =
  { readonly kind: "inline"; readonly entries: readonly CatalogEntry[] } | { readonly kind: "empty" } | DurableLocation;

/** The search index over the catalog. */
export interface CatalogSearchSettings {
  readonly indexPath: string;
  readonly rebuildOnStart: boolean;
  readonly writeThrough: boolean;
}
