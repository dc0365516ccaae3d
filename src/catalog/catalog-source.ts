import type { CatalogLocation, DurableLocation } from "../data/data-environment.ts";
import type { CatalogSource } from "./open-catalog-store.ts";

/** The catalog that a data environment names, as the stores take it. */
export function catalogSource(location: CatalogLocation): CatalogSource {
  if (location.kind === "inline" || location.kind === "empty") return location;
  return { kind: location.kind, url: storeUrl(location), ensureSchema: location.ensureSchema };
}

/** The URL of a store that Bridle writes, with its schema where the stores look for it. */
export function storeUrl(location: DurableLocation): string {
  if (location.kind === "sqlite") return `sqlite:${location.path}`;
  if (location.schema === null) return location.url;
  const mark = location.url.includes("?") ? "&" : "?";
  return `${location.url}${mark}schema=${encodeURIComponent(location.schema)}`;
}
