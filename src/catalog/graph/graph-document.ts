/** What a node is; views are told apart from tables. */
export type GraphKind = "database" | "schema" | "table" | "view" | "column" | "document" | "knowledge" | "metric";

/** A column as the node of its table carries it. */
export interface GraphColumn {
  readonly name: string;
  readonly type: string;
  /** `pk`, `fk`, `unique` or empty. */
  readonly key: string;
}

/** An entry of the catalog, without its place. */
export interface GraphEntry {
  readonly id: string;
  readonly kind: GraphKind;
  readonly name: string;
  readonly qualifiedName: string;
  readonly content: string;
  readonly tags: readonly string[];
  /** What it belongs to, when that is shown too. */
  readonly parent: string | null;
  /** What is known of it in names and values, for reading. */
  readonly facts: readonly (readonly [string, string])[];
  readonly columns: readonly GraphColumn[];
  readonly columnCount: number;
}

/** An entry with its place. */
export interface GraphNode extends GraphEntry {
  readonly at: readonly [number, number, number];
}

/** A relation between two shown entries. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly origin: string;
  readonly confidence: number;
  /** Pairs of columns that join the two, as text. */
  readonly columns: readonly string[];
}

/** What a graph shows of a catalog, and how much of it that is. */
export interface GraphSelection {
  readonly schemaVersion: 1;
  readonly title: string;
  readonly includesColumns: boolean;
  readonly totals: { readonly nodes: number; readonly columns: number; readonly edges: number };
  readonly truncated: boolean;
  readonly nodes: readonly GraphEntry[];
  readonly edges: readonly GraphEdge[];
}

/** A graph with places: what the page shows and `--format json` prints. */
export interface GraphDocument extends GraphSelection {
  readonly nodes: readonly GraphNode[];
}
