import { setImmediate } from "node:timers/promises";
import { type SimulationNode, forceLink, forceManyBody, forceSimulation, forceX, forceY, forceZ } from "d3-force-3d";
import { GRAPH_LAYOUT_MS } from "../../protocol/limits/catalog.ts";
import type { GraphDocument, GraphSelection } from "./graph-document.ts";

/**
 * Gives every node a place: what is related comes together, the rest apart. The same graph gets the same places, unless the time is up
 * before they have settled. Flatter than a ball, so that the picture without depth reads well too.
 */
export async function layoutGraph(
  graph: GraphSelection,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<GraphDocument> {
  const places: SimulationNode[] = graph.nodes.map(({ id }) => ({ id }));
  const simulation = forceSimulation(places, 3)
    .force("link", linkForce(graph))
    .force("charge", forceManyBody().strength(-90).theta(0.95).distanceMax(900))
    .force("x", forceX().strength(0.035))
    .force("y", forceY().strength(0.05))
    .force("z", forceZ().strength(0.09))
    .alphaDecay(1 - ALPHA_MIN ** (1 / TICKS))
    .stop();
  const deadline = performance.now() + GRAPH_LAYOUT_MS;
  for (let tick = 0; tick < TICKS && performance.now() < deadline; tick++) {
    // A signal of the process is heard between two steps only.
    await setImmediate();
    signal?.throwIfAborted();
    simulation.tick();
  }
  const nodes = graph.nodes.map((node, index) => ({ ...node, at: placeOf(places[index]) }));
  return { ...graph, nodes };
}

const TICKS = 260;
const ALPHA_MIN = 0.001;

interface Link {
  readonly source: string;
  readonly target: string;
  readonly isBelonging: boolean;
}

/** Belonging holds loosely, so that a schema's tables arrange themselves by their references. */
function linkForce({ nodes, edges }: GraphSelection): ReturnType<typeof forceLink> {
  const belongings = nodes.flatMap(({ id, parent }): Link[] =>
    parent === null ? [] : [{ source: id, target: parent, isBelonging: true }],
  );
  const links: Link[] = edges.map(({ from, to }) => ({ source: from, target: to, isBelonging: false }));
  const degrees = new Map<string, number>();
  for (const { source, target } of [...links, ...belongings])
    for (const id of [source, target]) degrees.set(id, (degrees.get(id) ?? 0) + 1);
  // The simulation replaces the ids of these copies by its nodes.
  const given = [...links, ...belongings].map((link) => ({ ...link, crowd: crowdOf(link, degrees) }));
  return forceLink(given)
    .id(({ id }) => id)
    .distance((link: Link & { readonly crowd: number }) => (link.isBelonging ? 70 : 45) + Math.min(60, link.crowd))
    .strength((link: Link & { readonly crowd: number }) => (link.isBelonging ? 0.25 : 0.6) / Math.sqrt(link.crowd));
}

function crowdOf({ source, target }: Link, degrees: ReadonlyMap<string, number>): number {
  return Math.max(1, Math.min(degrees.get(source) ?? 1, degrees.get(target) ?? 1));
}

function placeOf(place: SimulationNode | undefined): readonly [number, number, number] {
  return [rounded(place?.x), rounded(place?.y), rounded(place?.z)];
}

function rounded(value = 0): number {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : 0;
}
