import {
  BufferGeometry,
  Color,
  Float32BufferAttribute,
  LineBasicMaterial,
  LineDashedMaterial,
  LineSegments,
} from "three";
import { EDGE_LOOKS, type EdgeLook, lookOf } from "./edge-look.ts";
import type { GraphModel } from "./graph-model.ts";

/** The lines between nodes: each look of a relation has its own, and what only belongs is faint. */
export interface Lines {
  readonly objects: readonly LineSegments[];
  /** Shows the lines of the chosen entry firmly and the others faintly. */
  mark(id: string | undefined): void;
  /** Keeps dashes as long on the screen wherever the camera is; `point` is how much of the scene a point of the screen shows. */
  fit(point: number): void;
}

interface Line {
  readonly from: string;
  readonly to: string;
}

/** How a look is drawn: colours, and dash and gap in points of the screen. */
const LOOKS: Readonly<
  Record<
    EdgeLook,
    { readonly colour: number; readonly opacity: number; readonly dash: readonly [number, number] | null }
  >
> = {
  declared: { colour: 0x6f8db5, opacity: 0.65, dash: null },
  inferred: { colour: 0xa08fb8, opacity: 0.75, dash: [7, 5] },
  authored: { colour: 0x4f9a8a, opacity: 0.85, dash: [2, 4] },
};

/** Builds the lines in groups, each of them one call to draw, and for each look one more for the chosen entry. */
export function createLines(model: GraphModel): Lines {
  const { edges, nodes } = model.graph;
  const belonging = nodes.flatMap(({ id, parent }): Line[] => (parent === null ? [] : [{ from: id, to: parent }]));
  // Many lines must not become a surface.
  const thin = Math.min(1, Math.sqrt(300 / Math.max(1, edges.length)));
  const faint = new LineBasicMaterial({ color: 0x8a97a8, transparent: true, opacity: 0.16 * thin, depthWrite: false });
  const groups = [
    segments(model, belonging, faint),
    ...EDGE_LOOKS.map((look) => {
      const those = edges.filter((edge) => lookOf(edge) === look);
      return segments(model, those, materialOf(look, LOOKS[look].opacity * thin));
    }),
  ].map((object) => ({ object, opacity: object.material.opacity }));
  const own = EDGE_LOOKS.map((look) => ({ look, object: segments(model, [], materialOf(look, 0.95)) }));
  const objects = [...groups, ...own].map(({ object }) => object);
  return {
    objects,
    mark: (id) => {
      for (const { object, opacity } of groups) object.material.opacity = id === undefined ? opacity : opacity * 0.35;
      const dark = document.documentElement.dataset["theme"] === "dark";
      for (const { look, object } of own) {
        const those = id === undefined ? [] : model.edgesOf(id).filter((edge) => lookOf(edge) === look);
        object.material.color = new Color(dark ? 0xffb066 : 0xc75f10);
        object.geometry.dispose();
        object.geometry = geometryOf(model, those);
        if (those.length > 0) object.computeLineDistances();
      }
    },
    fit: (point) => {
      for (const { material } of objects) if (material instanceof LineDashedMaterial) material.scale = 1 / point;
    },
  };
}

type Segments = LineSegments<BufferGeometry, LineBasicMaterial | LineDashedMaterial>;

function materialOf(look: EdgeLook, opacity: number): LineBasicMaterial | LineDashedMaterial {
  const { colour, dash } = LOOKS[look];
  const common = { color: colour, transparent: true, opacity, depthWrite: false };
  if (dash === null) return new LineBasicMaterial(common);
  return new LineDashedMaterial({ ...common, dashSize: dash[0], gapSize: dash[1] });
}

function segments(
  model: GraphModel,
  lines: readonly Line[],
  material: LineBasicMaterial | LineDashedMaterial,
): Segments {
  const object = new LineSegments(geometryOf(model, lines), material);
  if (lines.length > 0) object.computeLineDistances();
  object.frustumCulled = false;
  return object;
}

function geometryOf({ nodes }: GraphModel, lines: readonly Line[]): BufferGeometry {
  const points = lines.flatMap(({ from, to }) => [...(nodes.get(from)?.at ?? []), ...(nodes.get(to)?.at ?? [])]);
  return new BufferGeometry().setAttribute("position", new Float32BufferAttribute(points, 3));
}
