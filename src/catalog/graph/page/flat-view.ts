import type { GraphNode } from "../graph-document.ts";
import { svgElement } from "./element.ts";
import type { GraphModel } from "./graph-model.ts";
import { NAME_BELOW, namedSpots, readableNames, type Sight } from "./flat-names.ts";
import { type FlatPlace, flatPlaces } from "./flat-places.ts";
import { KINDS, kindShape } from "./kinds.ts";
import { lookOf } from "./edge-look.ts";
import { shortName } from "./short-name.ts";
import type { Selection } from "./selection.ts";
import type { View } from "./view.ts";

/** The picture without depth: SVG from the same places, where WebGL is missing or somebody asked for it. */
export function createFlatView(model: GraphModel, selection: Selection): View {
  const { graph } = model;
  const places = flatPlaces(graph.nodes);
  const spots = namedSpots(model, places);
  const lines = graph.edges.map((edge) => line(places.get(edge.from), places.get(edge.to), `edge ${lookOf(edge)}`));
  const belongings = graph.nodes.map(({ id, parent }) =>
    line(places.get(id), places.get(parent ?? ""), "edge belongs"),
  );
  const shapes = new Map(graph.nodes.map((node) => [node.id, nodeShape(node, places.get(node.id))]));
  const svg = svgElement("svg", { class: "flat", children: [...belongings, ...lines, ...shapes.values()] });
  let near: ReadonlySet<string> = new Set();
  const name = (): void => {
    // Beside a chosen entry only what it is related to is named: the rest is pale.
    const wanted = near.size === 0 ? spots : spots.filter(({ id }) => near.has(id));
    const chosenFirst = wanted.toSorted((a, b) => Number(b.id === selection.id) - Number(a.id === selection.id));
    const names = readableNames(chosenFirst, frame.sight());
    for (const [id, shape] of shapes) {
      shape.classList.toggle("named", names.has(id));
      shape.lastElementChild?.setAttribute("x", (names.get(id) ?? 0).toFixed(1));
    }
  };
  const frame: Frame = createFrame(svg, [...places.values()], () => name());
  svg.addEventListener("click", (event) => {
    // Events of a picture come from its elements.
    const id = (event.target as Element).closest<SVGElement>("[data-id]")?.dataset["id"];
    if (!frame.wasDragged()) selection.choose(id);
  });
  const mark = (id: string | undefined): void => {
    near = new Set(id === undefined ? [] : [id, ...model.edgesOf(id).flatMap(({ from, to }) => [from, to])]);
    svg.classList.toggle("choosing", id !== undefined);
    for (const [index, { from, to }] of graph.edges.entries())
      lines[index]?.classList.toggle("own", id !== undefined && (from === id || to === id));
    for (const [shapeId, shape] of shapes) {
      shape.classList.toggle("near", near.has(shapeId));
      shape.classList.toggle("chosen", shapeId === id);
    }
    name();
  };
  mark(selection.id);
  return {
    element: svg,
    select: mark,
    zoom: (factor) => frame.zoom(factor),
    turn: (x, y) => frame.move(x, y),
    home: () => frame.home(),
    dispose: () => svg.remove(),
  };
}

function line(a: FlatPlace | undefined, b: FlatPlace | undefined, name: string): SVGElement | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [x1, y1, x2, y2] = [a.x, a.y, b.x, b.y].map((at) => at.toFixed(1));
  return svgElement("line", { class: name, attributes: { x1: x1 ?? "", y1: y1 ?? "", x2: x2 ?? "", y2: y2 ?? "" } });
}

function nodeShape(node: GraphNode, { x, y }: FlatPlace = { x: 0, y: 0 }): SVGElement {
  const label = svgElement("text", {
    text: shortName(node.name),
    attributes: { y: String(KINDS[node.kind].size + NAME_BELOW) },
  });
  const shape = svgElement("g", {
    class: `node ${node.kind}`,
    attributes: { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` },
    children: [
      svgElement("title", { text: `${KINDS[node.kind].label} ${node.qualifiedName}` }),
      kindShape(node.kind),
      label,
    ],
  });
  shape.dataset["id"] = node.id;
  return shape;
}

interface Frame {
  sight(): Sight;
  zoom(factor: number): void;
  move(x: number, y: number): void;
  home(): void;
  wasDragged(): boolean;
}

/** What part of the picture is seen; moved by dragging and the wheel. */
function createFrame(svg: SVGSVGElement, places: readonly FlatPlace[], onSight: () => void): Frame {
  const xs = places.map(({ x }) => x);
  const ys = places.map(({ y }) => y);
  const [left, top] = [xs.reduce(min, 0) - 40, ys.reduce(min, 0) - 40];
  const whole = { x: left, y: top, width: xs.reduce(max, 0) - left + 40, height: ys.reduce(max, 0) - top + 40 };
  let box = whole;
  let isDragged = false;
  let unit = 1;
  const show = (next: typeof whole): void => {
    box = next;
    svg.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`);
    measure();
  };
  // Names keep their size whatever part is seen.
  const measure = (): void => {
    unit = Math.max(box.width / (svg.clientWidth || 800), box.height / (svg.clientHeight || 600));
    svg.style.setProperty("--unit", unit.toFixed(3));
    onSight();
  };
  new ResizeObserver(measure).observe(svg);
  const zoom = (factor: number): void => {
    const [width, height] = [box.width / factor, box.height / factor];
    show({ x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height });
  };
  const move = (x: number, y: number): void => show({ ...box, x: box.x + x * box.width, y: box.y + y * box.height });
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
  });
  svg.addEventListener("pointerdown", () => (isDragged = false));
  svg.addEventListener("pointermove", (event) => {
    if (event.buttons !== 1) return;
    isDragged ||= Math.abs(event.movementX) + Math.abs(event.movementY) > 2;
    show({ ...box, x: box.x - event.movementX * unit, y: box.y - event.movementY * unit });
  });
  svg.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`);
  // The picture stands in the middle of an element that may be wider than it.
  const sight = (): Sight => {
    const [middle, half] = [box.x + box.width / 2, ((svg.clientWidth || 800) * unit) / 2];
    return { left: middle - half, right: middle + half, unit };
  };
  return { sight, zoom, move, home: () => show(whole), wasDragged: () => isDragged };
}

function min(a: number, b: number): number {
  return Math.min(a, b);
}

function max(a: number, b: number): number {
  return Math.max(a, b);
}
