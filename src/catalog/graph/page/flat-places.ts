import type { GraphNode } from "../graph-document.ts";
import { KINDS } from "./kinds.ts";

/** Where a node stands in the picture without depth; y grows downwards, as on a screen. */
export interface FlatPlace {
  readonly x: number;
  readonly y: number;
}

/**
 * The places of the picture with depth seen from the front, moved apart where nodes or their names would lie over each other: what is far
 * apart in depth may stand behind one another there, and here nobody can turn it.
 */
export function flatPlaces(nodes: readonly GraphNode[]): ReadonlyMap<string, FlatPlace> {
  const spots = nodes.map(({ id, at, kind }) => ({ id, x: at[0], y: -at[1], room: roomOf(kind) }));
  for (let round = 0; round < ROUNDS; round++) {
    spots.sort((a, b) => a.x - b.x || a.y - b.y);
    let isMoved = false;
    for (const [index, a] of spots.entries()) {
      for (let next = index + 1; next < spots.length; next++) {
        const b = spots[next];
        if (b === undefined || b.x - a.x > 2 * MOST_ROOM.x) break;
        isMoved = part(a, b) || isMoved;
      }
    }
    if (!isMoved) break;
  }
  return new Map(spots.map(({ id, x, y }) => [id, { x, y }]));
}

const ROUNDS = 60;

interface Room {
  readonly x: number;
  readonly y: number;
}

/** Half the width and height that a node wants for itself: one with a name below it is wide. */
function roomOf(kind: GraphNode["kind"]): Room {
  return kind === "column" ? { x: KINDS.column.size + 2, y: KINDS.column.size + 2 } : MOST_ROOM;
}

const MOST_ROOM: Room = { x: 30, y: 18 };

interface Spot {
  x: number;
  y: number;
  readonly room: Room;
}

/** Moves two nodes that stand too near half of what is missing each; says whether they were. */
function part(a: Spot, b: Spot): boolean {
  const room = { x: a.room.x + b.room.x, y: a.room.y + b.room.y };
  const [dx, dy] = [(b.x - a.x) / room.x, (b.y - a.y) / room.y];
  const distance = Math.hypot(dx, dy);
  if (distance >= 1) return false;
  // Two on the same spot go up and down.
  const [towardsX, towardsY] = distance < 0.001 ? [0, 1] : [dx / distance, dy / distance];
  const missing = (1.01 - distance) / 2;
  a.x -= towardsX * missing * room.x;
  a.y -= towardsY * missing * room.y;
  b.x += towardsX * missing * room.x;
  b.y += towardsY * missing * room.y;
  return true;
}
