import { InputError } from "../../protocol/errors.ts";
import { HUB_DEGREE, PATH_COUNT, PATH_DEPTH } from "../../protocol/limits/catalog.ts";
import type { CatalogStore } from "../port.ts";
import { type JoinStep, fansOut, isJoin, stepCost, stepFrom } from "./join-step.ts";

/** A way to join two tables. */
export interface RelationPath {
  readonly cost: number;
  readonly steps: readonly JoinStep[];
  /** Where the join repeats rows, so that sums and counts go wrong without care. */
  readonly warnings: readonly string[];
}

/** The cheapest ways between two tables, and what was left out of the search. */
export interface RelationPaths {
  readonly paths: readonly RelationPath[];
  /** Tables that join with too many others to say anything; no path goes through them unless asked. */
  readonly hubs: readonly string[];
}

/** Finds how two tables can be joined over declared and inferred references, in either direction, cheapest first. */
export async function findPaths(
  store: CatalogStore,
  [from, to]: readonly [from: string, to: string],
  { throughHubs = false }: { readonly throughHubs?: boolean } = {},
): Promise<RelationPaths> {
  await requireEntries(store, [from, to]);
  if (from === to) return { paths: [{ cost: 0, steps: [], warnings: [] }], hubs: [] };
  const joins = new Map<string, readonly JoinStep[]>();
  // A path of four joins meets in the middle: its inner tables are two joins away from one of its ends.
  for (const end of [from, to]) await expand(store, end, joins);
  const hubs = [...joins].filter(([id, steps]) => id !== from && id !== to && degree(steps) > HUB_DEGREE);
  const closed = new Set(throughHubs ? [] : hubs.map(([id]) => id));
  return { paths: cheapest(joins, { from, to, closed }), hubs: [...closed].sort() };
}

/** Fails for ids that the catalog does not know. */
export async function requireEntries(store: CatalogStore, ids: readonly string[]): Promise<void> {
  const known = new Set((await store.entries(ids)).map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw new InputError(
    "CATALOG_ENTRY_UNKNOWN",
    `the catalog has no entry ${unknown.map((id) => JSON.stringify(id)).join(", ")}`,
    { hint: "Search the catalog and use the ids it gives." },
  );
}

async function expand(store: CatalogStore, end: string, joins: Map<string, readonly JoinStep[]>): Promise<void> {
  let frontier = [end];
  for (let depth = 0; depth < PATH_DEPTH / 2; depth++) {
    const missing = frontier.filter((id) => !joins.has(id));
    const edges = (await store.edges(missing)).filter(isJoin);
    for (const id of missing) {
      joins.set(
        id,
        edges.filter((edge) => edge.from === id || edge.to === id).map((edge) => stepFrom(id, edge)),
      );
    }
    frontier = [...new Set(frontier.flatMap((id) => (joins.get(id) ?? []).map((step) => step.to)))];
    if (frontier.length > FRONTIER) return;
  }
}

/** Beyond so many tables there are only ways through hubs. */
const FRONTIER = 2_000;
/** Partial ways that are looked at, so that a dense catalog cannot keep the search busy. */
const MAX_PARTIAL = 50_000;

function degree(steps: readonly JoinStep[]): number {
  return new Set(steps.map(({ to }) => to)).size;
}

interface Ends {
  readonly from: string;
  readonly to: string;
  readonly closed: ReadonlySet<string>;
}

interface Partial {
  readonly cost: number;
  readonly steps: readonly JoinStep[];
}

/** Level by level, so that every way up to the depth is seen once; the cheapest of them are kept. */
function cheapest(joins: ReadonlyMap<string, readonly JoinStep[]>, ends: Ends): readonly RelationPath[] {
  const found: Partial[] = [];
  const backwards = reversed(joins);
  let level: readonly Partial[] = [{ cost: 0, steps: [] }];
  for (let depth = 0; depth < PATH_DEPTH; depth++) {
    const next = level.flatMap((way) => extended(way, { ...ends, joins, backwards }));
    found.push(...next.filter((way) => way.steps.at(-1)?.to === ends.to));
    level = next.filter((way) => way.steps.at(-1)?.to !== ends.to).slice(0, MAX_PARTIAL);
  }
  return found
    .sort((a, b) => a.cost - b.cost || a.steps.length - b.steps.length)
    .slice(0, PATH_COUNT)
    .map(({ cost, steps }) => ({ cost: Math.round(cost * 100) / 100, steps, warnings: warningsOf(steps) }));
}

/** Tables that were reached from the far end only know their joins from there. */
function reversed(joins: ReadonlyMap<string, readonly JoinStep[]>): ReadonlyMap<string, readonly JoinStep[]> {
  const steps = [...joins.values()].flat().filter(({ to }) => !joins.has(to));
  const turned = steps.map((step) =>
    stepFrom(step.to, { ...step, evidence: {}, columns: step.columns.map(([a, b]): [string, string] => [a, b]) }),
  );
  return Map.groupBy(turned, ({ from }) => from);
}

function extended(
  way: Partial,
  {
    from,
    joins,
    backwards,
    closed,
  }: Ends & Readonly<Record<"joins" | "backwards", ReadonlyMap<string, readonly JoinStep[]>>>,
): readonly Partial[] {
  const at = way.steps.at(-1)?.to ?? from;
  if (closed.has(at)) return [];
  const seen = new Set([from, ...way.steps.map(({ to }) => to)]);
  return (joins.get(at) ?? backwards.get(at) ?? [])
    .filter(({ to }) => !seen.has(to))
    .map((step) => ({ cost: way.cost + stepCost(step), steps: [...way.steps, step] }));
}

function warningsOf(steps: readonly JoinStep[]): readonly string[] {
  const inferred = steps
    .filter(({ type }) => type === "inferred_reference")
    .map(
      ({ from, to, confidence }) => `${from} and ${to}: the join is inferred (confidence ${confidence}), not declared`,
    );
  const first = steps.findIndex(fansOut);
  if (first < 0) return inferred;
  const { from, to } = steps[first] ?? { from: "", to: "" };
  const isManyToMany = steps.slice(0, first).some(({ cardinality }) => cardinality === "n:1");
  const fanOut = isManyToMany
    ? `many to many: from ${from} to ${to} rows fan out after they came together; aggregate one side before joining`
    : `fan-out: one row of ${from} may meet many of ${to}; aggregate before joining, or sums count rows twice`;
  return [fanOut, ...inferred];
}
