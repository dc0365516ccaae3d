import {
  BufferGeometry,
  Color,
  Float32BufferAttribute,
  LineBasicMaterial,
  LineDashedMaterial,
  LineSegments,
} from "three";
import type { GraphModel } from "./graph-model.ts";

/** The lines between nodes: firm for what is declared, dashed for what is inferred, faint for what only belongs. */
export interface Lines {
  readonly objects: readonly LineSegments[];
  /** Shows the lines of the chosen entry firmly and the others faintly. */
  mark(id: string | undefined): void;
}

interface Line {
  readonly from: string;
  readonly to: string;
}

/** Builds the lines in three groups, each of them one call to draw, and a fourth for those of the chosen entry. */
export function createLines(model: GraphModel): Lines {
  const { edges, nodes } = model.graph;
  const belonging = nodes.flatMap(({ id, parent }): Line[] => (parent === null ? [] : [{ from: id, to: parent }]));
  const inferred = edges.filter(({ origin }) => origin === "inferred");
  const declared = edges.filter(({ origin }) => origin !== "inferred");
  // Many lines must not become a surface.
  const thin = Math.min(1, Math.sqrt(300 / Math.max(1, edges.length)));
  const faint = new LineBasicMaterial({ color: 0x8a97a8, transparent: true, opacity: 0.16 * thin, depthWrite: false });
  const firm = new LineBasicMaterial({ color: 0x6f8db5, transparent: true, opacity: 0.65 * thin, depthWrite: false });
  const dashed = new LineDashedMaterial({
    color: 0xa08fb8,
    dashSize: 4,
    gapSize: 3,
    transparent: true,
    opacity: 0.5 * thin,
    depthWrite: false,
  });
  const chosen = new LineBasicMaterial({ color: 0xe0782c, transparent: true, opacity: 0.95, depthWrite: false });
  const groups = [
    { material: faint, opacity: faint.opacity, object: segments(model, belonging, faint) },
    { material: firm, opacity: firm.opacity, object: segments(model, declared, firm) },
    { material: dashed, opacity: dashed.opacity, object: segments(model, inferred, dashed) },
  ];
  const own = new LineSegments(new BufferGeometry(), chosen);
  return {
    objects: [...groups.map(({ object }) => object), own],
    mark: (id) => {
      for (const { material, opacity } of groups) material.opacity = id === undefined ? opacity : opacity * 0.35;
      const dark = document.documentElement.dataset["theme"] === "dark";
      chosen.color = new Color(dark ? 0xffb066 : 0xc75f10);
      own.geometry.dispose();
      own.geometry = geometryOf(model, id === undefined ? [] : model.edgesOf(id));
    },
  };
}

function segments(
  model: GraphModel,
  lines: readonly Line[],
  material: LineBasicMaterial | LineDashedMaterial,
): LineSegments {
  const object = new LineSegments(geometryOf(model, lines), material);
  if (lines.length > 0) object.computeLineDistances();
  object.frustumCulled = false;
  return object;
}

function geometryOf({ nodes }: GraphModel, lines: readonly Line[]): BufferGeometry {
  const points = lines.flatMap(({ from, to }) => [...(nodes.get(from)?.at ?? []), ...(nodes.get(to)?.at ?? [])]);
  return new BufferGeometry().setAttribute("position", new Float32BufferAttribute(points, 3));
}
