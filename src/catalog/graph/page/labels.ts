import { type PerspectiveCamera, Vector3 } from "three";
import type { GraphNode } from "../graph-document.ts";
import { element } from "./element.ts";
import type { GraphModel } from "./graph-model.ts";
import { KINDS } from "./kinds.ts";
import { shortName } from "./short-name.ts";

/** Names over the picture: as many as can be read without lying over each other, the chosen and its neighbours first. */
export interface Labels {
  readonly element: HTMLElement;
  mark(id: string | undefined): void;
  place(width: number, height: number): void;
}

/** Most names at a time. */
const MOST_LABELS = 60;
/** Nodes that are tried for a place, best first. */
const MOST_TRIED = 400;
const CHARACTER_WIDTH = 6.6;
const LINE_HEIGHT = 17;

/** Builds a layer of names that is placed anew whenever the camera moved. */
export function createLabels(model: GraphModel, camera: PerspectiveCamera): Labels {
  const layer = element("div", { class: "labels", attributes: { "aria-hidden": "true" } });
  const spans = Array.from({ length: MOST_LABELS }, () => element("span"));
  layer.append(...spans);
  const byImportance = model.graph.nodes.toSorted((a, b) => importance(b, model) - importance(a, model));
  let order: readonly GraphNode[] = byImportance;
  let chosen: string | undefined;
  return {
    element: layer,
    mark: (id) => {
      chosen = id;
      const ids = id === undefined ? [] : [id, ...model.edgesOf(id).flatMap(({ from, to }) => [from, to])];
      const near = [...new Set(ids)].flatMap((nearId) => model.nodes.get(nearId) ?? []);
      // Beside a chosen entry only what it is related to is named: the rest is pale.
      order = id === undefined ? byImportance : near;
    },
    place: (width, height) => {
      const taken: Box[] = [];
      for (const node of order.slice(0, MOST_TRIED)) {
        if (taken.length === MOST_LABELS) break;
        const box = boxOf(node, camera, { width, height });
        if (box === undefined || taken.some((other) => overlap(box, other))) continue;
        const span = spans[taken.length];
        taken.push(box);
        if (span === undefined) break;
        span.textContent = shortName(node.name);
        span.className = node.id === chosen ? "chosen" : "";
        span.style.transform = `translate(${box.left.toFixed(1)}px, ${box.top.toFixed(1)}px)`;
        span.hidden = false;
      }
      for (const span of spans.slice(taken.length)) span.hidden = true;
    },
  };
}

function importance({ id, kind }: GraphNode, { degreeOf }: GraphModel): number {
  return degreeOf(id) + KINDS[kind].size;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function boxOf(
  { at, name, kind }: GraphNode,
  camera: PerspectiveCamera,
  { width, height }: { readonly width: number; readonly height: number },
): Box | undefined {
  const point = new Vector3(...at);
  const distance = point.distanceTo(camera.position);
  point.project(camera);
  if (point.z > 1 || Math.abs(point.x) > 1 || Math.abs(point.y) > 1) return undefined;
  const half = (shortName(name).length * CHARACTER_WIDTH) / 2 + 4;
  const below = (KINDS[kind].size * height) / distance + 4;
  // A name at the edge moves in, so that all of it is read.
  const left = Math.max(0, Math.min(width - 2 * half, ((point.x + 1) / 2) * width - half));
  const top = ((1 - point.y) / 2) * height + below;
  return { left, top, right: left + 2 * half, bottom: top + LINE_HEIGHT };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
