import type { GraphEdge } from "../graph-document.ts";

/** How sure a relation is, which every view draws as a line of its own: whole, dashed or dotted. */
export const EDGE_LOOKS = ["declared", "inferred", "authored"] as const;

/** One of them. */
export type EdgeLook = (typeof EDGE_LOOKS)[number];

/** The line of a relation; what was observed is as sure as what is declared. */
export function lookOf({ origin }: GraphEdge): EdgeLook {
  if (origin === "inferred") return "inferred";
  return origin === "authored" ? "authored" : "declared";
}
