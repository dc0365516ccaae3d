import type { GraphNode } from "../graph-document.ts";
import type { FlatPlace } from "./flat-places.ts";
import type { GraphModel } from "./graph-model.ts";
import { KINDS } from "./kinds.ts";
import { shortName } from "./short-name.ts";

/** A node with its place and how long its name is, best first. */
export interface NamedSpot {
  readonly id: string;
  readonly place: FlatPlace;
  readonly size: number;
  readonly characters: number;
}

/** The nodes in the order in which their names are wanted. */
export function namedSpots(
  { graph, degreeOf }: GraphModel,
  places: ReadonlyMap<string, FlatPlace>,
): readonly NamedSpot[] {
  const importance = ({ id, kind }: GraphNode): number => degreeOf(id) + KINDS[kind].size;
  return graph.nodes
    .toSorted((a, b) => importance(b) - importance(a))
    .flatMap(({ id, kind, name }) => {
      const place = places.get(id);
      return place === undefined ? [] : [{ id, place, size: KINDS[kind].size, characters: shortName(name).length }];
    });
}

/** What part of the picture is seen, from side to side, and how much of it a point of the screen is. */
export interface Sight {
  readonly left: number;
  readonly right: number;
  readonly unit: number;
}

/** Which names can be read without lying over each other, and how far each stands beside its node so that no side cuts it. */
export function readableNames(spots: readonly NamedSpot[], { left, right, unit }: Sight): ReadonlyMap<string, number> {
  const taken: Box[] = [];
  const names = new Map<string, number>();
  for (const { id, place, size, characters } of spots.slice(0, MOST_TRIED)) {
    const half = ((characters * CHARACTER_WIDTH) / 2 + 3) * unit;
    const middle = place.y + size + NAME_BELOW;
    const isSeen = place.x >= left && place.x <= right;
    const x = isSeen ? Math.max(left + half, Math.min(right - half, place.x)) : place.x;
    const box = {
      left: x - half,
      right: x + half,
      top: middle - LINE_HEIGHT * unit,
      bottom: middle + 3 * unit,
    };
    if (taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    names.set(id, x - place.x);
  }
  return names;
}

/** How far below the edge of a node its name stands. */
export const NAME_BELOW = 9;
const MOST_TRIED = 400;
const CHARACTER_WIDTH = 6.2;
const LINE_HEIGHT = 11;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
