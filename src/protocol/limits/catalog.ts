/** Largest descriptor file of a data environment; a bigger catalog than fits belongs in a database. */
export const DESCRIPTOR_BYTES = 16 * 1024 * 1024;
/** Entries or edges of a page of the catalog when the caller does not say: catalogs are read as a whole. */
export const CATALOG_PAGE_SIZE = 1000;
/** Largest page of the catalog. */
export const MAX_CATALOG_PAGE_SIZE = 10_000;
/** Results of a catalog search when the caller does not say. */
export const CATALOG_HITS = 10;
/** Most results of a catalog search. */
export const MAX_CATALOG_HITS = 50;
/** Ids that one call of the catalog takes. */
export const CATALOG_IDS = 50;
/** Columns of one page of a table's fields. */
export const CATALOG_FIELDS = 200;
/** Relations that one call of the catalog gives. */
export const CATALOG_RELATIONS = 200;
/** Characters of an entry's text that a tool gives. */
export const CATALOG_TEXT_CHARS = 4_000;
/** Joins of a path between two tables. */
export const PATH_DEPTH = 4;
/** Paths between two tables that are given. */
export const PATH_COUNT = 5;
/** A table that joins with more others is a hub: a calendar or a country joins everything and says nothing. */
export const HUB_DEGREE = 50;
/** Nodes of a graph page when the caller does not say: what a person can still look at as a whole. */
export const GRAPH_NODES = 800;
/** Most nodes that can be asked for. */
export const GRAPH_MAX_NODES = 20_000;
/** Columns of one table that its node carries. */
export const GRAPH_TABLE_COLUMNS = 200;
/** Characters of an entry's text that its node carries. */
export const GRAPH_CONTENT_CHARS = 1_500;
/** How long placing the nodes may take; the best arrangement until then is used. */
export const GRAPH_LAYOUT_MS = 10_000;
