import type { CatalogNames } from "./catalog-names.ts";
import type { StoredExtraction } from "./extraction/found-item.ts";
import type { StoredContent, StoredFile } from "./stored-document.ts";

/** A stored document on its way into the catalog. */
export interface DocumentToShow {
  readonly file: StoredFile;
  readonly content: StoredContent;
  readonly names: CatalogNames;
  /** Metrics that are somebody else's already; those of this document are added. */
  readonly claimed: Set<string>;
  readonly id: string;
  /** What models found in each of the content's chunks, in their order. */
  readonly found: readonly (StoredExtraction | undefined)[];
}
