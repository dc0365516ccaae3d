import type { GraphDocument, GraphEdge, GraphKind, GraphNode } from "../graph-document.ts";
import { KINDS } from "./kinds.ts";

/** A branch of the explorer: an entry with what belongs to it, or a heading over entries that belong to nothing. */
export interface Branch {
  readonly label: string;
  readonly kind: GraphKind;
  /** Undefined for a heading. */
  readonly node: GraphNode | undefined;
  readonly children: readonly Branch[];
}

/** The graph as the views look things up in it. */
export interface GraphModel {
  readonly graph: GraphDocument;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly edgesOf: (id: string) => readonly GraphEdge[];
  readonly degreeOf: (id: string) => number;
  readonly tree: readonly Branch[];
}

/** Indexes a graph once, for every view. */
export function createModel(graph: GraphDocument): GraphModel {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const edges = new Map<string, GraphEdge[]>();
  for (const edge of graph.edges) for (const id of [edge.from, edge.to]) listAt(edges, id).push(edge);
  const children = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) if (node.parent !== null) listAt(children, node.parent).push(node);
  return {
    graph,
    nodes,
    edgesOf: (id) => edges.get(id) ?? [],
    degreeOf: (id) => (edges.get(id)?.length ?? 0) + (children.get(id)?.length ?? 0),
    tree: treeOf(graph, children),
  };
}

/** How much of the catalog is shown, in words. */
export function countsOf({ nodes, edges, totals, includesColumns }: GraphDocument): string {
  const shown = nodes.length.toLocaleString("en");
  const entries =
    nodes.length < totals.nodes ? `${shown} of ${totals.nodes.toLocaleString("en")} entries` : `${shown} entries`;
  const hidden =
    includesColumns || totals.columns === 0 ? "" : ` · ${totals.columns.toLocaleString("en")} columns in their tables`;
  const all = totals.edges > edges.length ? ` of ${totals.edges.toLocaleString("en")}` : "";
  return `${entries} · ${edges.length.toLocaleString("en")}${all} relations${hidden}`;
}

function treeOf({ nodes }: GraphDocument, children: ReadonlyMap<string, readonly GraphNode[]>): readonly Branch[] {
  const branch = (node: GraphNode): Branch => ({
    label: node.name,
    kind: node.kind,
    node,
    children: (children.get(node.id) ?? []).toSorted(byName).map(branch),
  });
  const roots = nodes.filter(({ parent }) => parent === null).toSorted(byName);
  const kinds = (Object.keys(KINDS) as GraphKind[]).filter((kind) => roots.some((node) => node.kind === kind)); // KINDS has exactly these keys
  return kinds.flatMap((kind) => {
    const own = roots.filter((node) => node.kind === kind).map(branch);
    return kind === "database" ? own : [{ label: KINDS[kind].plural, kind, node: undefined, children: own }];
  });
}

function byName(a: GraphNode, b: GraphNode): number {
  return a.name.localeCompare(b.name, "en", { numeric: true }) || (a.id < b.id ? -1 : 1);
}

function listAt<Item>(map: Map<string, Item[]>, key: string): Item[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}
