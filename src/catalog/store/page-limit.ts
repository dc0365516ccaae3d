import { CATALOG_PAGE_SIZE, MAX_CATALOG_PAGE_SIZE } from "../../protocol/limits/catalog.ts";

/** The number of rows of a catalog page; a larger wish gets the largest page. */
export function catalogPageLimit(limit: number | undefined): number {
  return Math.max(1, Math.min(limit ?? CATALOG_PAGE_SIZE, MAX_CATALOG_PAGE_SIZE));
}
