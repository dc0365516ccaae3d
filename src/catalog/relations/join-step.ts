import type { CatalogEdge } from "../../protocol/catalog.ts";

/** A join of two tables as one walks it. */
export interface JoinStep {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly origin: CatalogEdge["origin"];
  readonly confidence: number;
  /** Pairs of a column of `from` and one of `to`. */
  readonly columns: readonly (readonly [string, string])[];
  readonly cardinality: CatalogEdge["cardinality"];
}

/** The edges that tables are joined along. */
export function isJoin(edge: CatalogEdge): boolean {
  return (edge.type === "references" || edge.type === "inferred_reference") && edge.from !== edge.to;
}

/** The edge walked from one of its ends. A reference whose cardinality nobody knows leads from many rows to one. */
export function stepFrom(id: string, edge: CatalogEdge): JoinStep {
  const { type, origin, confidence, columns } = edge;
  const cardinality = edge.cardinality === "unknown" ? "n:1" : edge.cardinality;
  if (edge.from === id) return { from: edge.from, to: edge.to, type, origin, confidence, columns, cardinality };
  return {
    from: edge.to,
    to: edge.from,
    type,
    origin,
    confidence,
    columns: columns.map(([from, to]) => [to, from]),
    cardinality: REVERSED[cardinality],
  };
}

/** An inferred reference costs more the less certain it is. */
export function stepCost({ type, confidence }: JoinStep): number {
  return type === "references" ? 1 : 2 - confidence;
}

/** Whether a row of `from` may meet several of `to`. */
export function fansOut({ cardinality }: JoinStep): boolean {
  return cardinality === "1:n" || cardinality === "n:m";
}

const REVERSED = { "1:1": "1:1", "1:n": "n:1", "n:1": "1:n", "n:m": "n:m" } as const;
