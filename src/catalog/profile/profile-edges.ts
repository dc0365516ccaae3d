import type { TableDescription } from "../../data/profile/description.ts";
import type { ReferenceFinding } from "../../data/profile/reading.ts";
import type { ReferenceCandidate } from "../../data/profile/reference-candidates.ts";
import type { CatalogEdge } from "../../protocol/catalog.ts";
import { entryIdOf } from "./entry-id.ts";

/** What the database itself says of a table's relations: its foreign keys, and of a view what it reads. */
export function declaredEdges(databaseId: string, table: TableDescription): readonly CatalogEdge[] {
  const from = entryIdOf([databaseId, table.schema, table.name]);
  const references = table.foreignKeys.map((key): CatalogEdge => ({
    from,
    to: entryIdOf([databaseId, key.toSchema, key.toTable]),
    type: "references",
    origin: "declared",
    confidence: 1,
    evidence: {},
    columns: key.columns.map((column, index) => [column, key.toColumns[index] ?? ""]),
    cardinality: isUnique(table, key.columns) ? "1:1" : "n:1",
  }));
  const derived = table.basis.map((base): CatalogEdge => ({
    from,
    to: entryIdOf([databaseId, base.schema, base.table]),
    type: "derived_from",
    origin: "declared",
    confidence: 1,
    evidence: {},
    columns: base.columns.map(([view, below]) => [view, below]),
    cardinality: "unknown",
  }));
  return [...references, ...derived];
}

/** Values of the target that must be among the values looked up, and how many at least. */
const CONTAINMENT = 0.95;
/** Fewer different values than this prove little. */
const FEW_VALUES = 5;

/** The edge that a test bears out, or null. It is never more certain than a declared one. */
export function inferredEdge(
  databaseId: string,
  { from, column, to, toColumn, nameScore }: ReferenceCandidate,
  finding: ReferenceFinding,
): CatalogEdge | null {
  const { sampled, contained, isTargetUnique } = finding;
  if (sampled === 0 || !isTargetUnique || contained / sampled < CONTAINMENT) return null;
  const containment = Number((contained / sampled).toFixed(4));
  const confidence = Math.min(0.95, nameScore * containment * (sampled < FEW_VALUES ? 0.85 : 1));
  return {
    from: entryIdOf([databaseId, from.schema, from.name]),
    to: entryIdOf([databaseId, to.schema, to.name]),
    type: "inferred_reference",
    origin: "inferred",
    confidence: Number(confidence.toFixed(3)),
    evidence: { nameScore, typeMatch: true, containment, sampledValues: sampled, targetUnique: true },
    columns: [[column, toColumn]],
    cardinality: isUnique(from, [column]) ? "1:1" : "n:1",
  };
}

function isUnique(table: TableDescription, columns: readonly string[]): boolean {
  const wanted = [...columns].sort(byText).join("\0");
  return [table.primaryKey, ...table.uniques].some((key) => [...key].sort(byText).join("\0") === wanted);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Columns that two tables of one name must share to count as copies of each other. */
const MIRRORED = 0.8;

/** A table of the same name elsewhere. */
export interface MirrorCandidate {
  readonly id: string;
  readonly columns: readonly string[];
}

/** Says that a table has a copy of itself in another schema or database. */
export function mirrorEdges(
  databaseId: string,
  table: TableDescription,
  others: readonly MirrorCandidate[],
): readonly CatalogEdge[] {
  const own = table.columns.map(({ name }) => name);
  return others.flatMap(({ id, columns }): readonly CatalogEdge[] => {
    const common = own.filter((name) => columns.includes(name)).length;
    const share = common / Math.max(own.length, columns.length, 1);
    if (share < MIRRORED) return [];
    const confidence = Number(share.toFixed(3));
    return [
      {
        from: entryIdOf([databaseId, table.schema, table.name]),
        to: id,
        type: "mirrors",
        origin: "inferred",
        confidence,
        evidence: { commonColumns: common },
        columns: [],
        cardinality: "unknown",
      },
    ];
  });
}
