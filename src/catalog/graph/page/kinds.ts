import type { GraphKind } from "../graph-document.ts";
import { svgElement } from "./element.ts";

/** How a kind looks in every view: colour and shape both tell it, so that neither alone has to. */
export interface KindLook {
  readonly label: string;
  readonly plural: string;
  readonly colour: number;
  /** Half the width of its shape. */
  readonly size: number;
}

/** Every kind in the order of the legend. Colours keep apart for people who do not see red and green. */
export const KINDS: Readonly<Record<GraphKind, KindLook>> = {
  database: { label: "database", plural: "Databases", colour: 0x6b7a90, size: 11 },
  schema: { label: "schema", plural: "Schemas", colour: 0x93a1b5, size: 8 },
  table: { label: "table", plural: "Tables", colour: 0x2f7de1, size: 6 },
  view: { label: "view", plural: "Views", colour: 0x16a3a3, size: 6 },
  column: { label: "column", plural: "Columns", colour: 0x86b6ef, size: 2.6 },
  metric: { label: "metric", plural: "Metrics", colour: 0xd6486d, size: 5.5 },
  document: { label: "document", plural: "Documents", colour: 0xd9942b, size: 6 },
  knowledge: { label: "knowledge", plural: "Knowledge", colour: 0x9a63c9, size: 5 },
};

/** A colour as CSS has it. */
export function cssColour(colour: number): string {
  return `#${colour.toString(16).padStart(6, "0")}`;
}

/** The outline of a kind around the origin, for the flat view and the legend. */
export function kindShape(kind: GraphKind, size = KINDS[kind].size): SVGElement {
  const attributes = { fill: cssColour(KINDS[kind].colour) };
  const s = size;
  switch (kind) {
    case "table":
      return box(-s, -s * 0.8, { width: 2 * s, height: 1.6 * s, ...attributes });
    case "view":
      return polygon([-s * 1.1, 0, -s * 0.5, -s, s * 0.5, -s, s * 1.1, 0, s * 0.5, s, -s * 0.5, s], attributes);
    case "schema":
      return polygon([0, -s * 1.1, s * 1.1, 0, 0, s * 1.1, -s * 1.1, 0], attributes);
    case "database":
      return polygon([0, -s, s * 0.95, -s * 0.3, s * 0.6, s * 0.8, -s * 0.6, s * 0.8, -s * 0.95, -s * 0.3], attributes);
    case "document":
      return box(-s * 0.7, -s, { width: 1.4 * s, height: 2 * s, ...attributes });
    case "knowledge":
      return polygon([0, -s * 1.1, s, s * 0.8, -s, s * 0.8], attributes);
    case "metric":
    case "column":
      return svgElement("circle", { attributes: { r: String(s), ...attributes } });
  }
}

/** The shape and colour that this kind has in the picture. */
export function kindIcon(kind: GraphKind): SVGElement {
  const attributes = { viewBox: "-12 -12 24 24", "aria-hidden": "true" };
  return svgElement("svg", { class: "kind", attributes, children: [kindShape(kind, kind === "column" ? 5 : 9)] });
}

function box(x: number, y: number, attributes: Readonly<Record<string, number | string>>): SVGElement {
  const texts = Object.entries({ x, y, rx: 1.5, ...attributes }).map(([name, value]) => [name, String(value)]);
  return svgElement("rect", { attributes: Object.fromEntries(texts) });
}

function polygon(points: readonly number[], attributes: Readonly<Record<string, string>>): SVGElement {
  return svgElement("polygon", {
    attributes: { points: points.map((point) => point.toFixed(1)).join(" "), ...attributes },
  });
}
