import type { GraphNode } from "../graph-document.ts";
import { svgElement } from "./element.ts";
import type { GraphModel } from "./graph-model.ts";
import { KINDS, kindShape } from "./kinds.ts";
import type { Selection } from "./selection.ts";
import type { View } from "./view.ts";

/** The picture without depth: SVG from the same places, where WebGL is missing or somebody asked for it. */
export function createFlatView(model: GraphModel, selection: Selection): View {
  const { graph, nodes } = model;
  const lines = graph.edges.map(({ from, to, type }) => line(nodes.get(from), nodes.get(to), `edge ${type}`));
  const belongings = graph.nodes.map((node) => line(node, nodes.get(node.parent ?? ""), "edge belongs"));
  const shapes = new Map(graph.nodes.map((node) => [node.id, nodeShape(node, model)]));
  const svg = svgElement("svg", { class: "flat", children: [...belongings, ...lines, ...shapes.values()] });
  const frame = createFrame(svg, graph.nodes);
  svg.addEventListener("click", (event) => {
    // Events of a picture come from its elements.
    const id = (event.target as Element).closest<SVGElement>("[data-id]")?.dataset["id"];
    if (!frame.wasDragged()) selection.choose(id);
  });
  const mark = (id: string | undefined): void => {
    const near = new Set(id === undefined ? [] : [id, ...model.edgesOf(id).flatMap(({ from, to }) => [from, to])]);
    svg.classList.toggle("choosing", id !== undefined);
    for (const [index, { from, to }] of graph.edges.entries())
      lines[index]?.classList.toggle("own", id !== undefined && (from === id || to === id));
    for (const [shapeId, shape] of shapes) {
      shape.classList.toggle("near", near.has(shapeId));
      shape.classList.toggle("chosen", shapeId === id);
    }
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

function line(a: GraphNode | undefined, b: GraphNode | undefined, name: string): SVGElement | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [x1, y1, x2, y2] = [a.at[0], -a.at[1], b.at[0], -b.at[1]].map(String);
  return svgElement("line", { class: name, attributes: { x1: x1 ?? "", y1: y1 ?? "", x2: x2 ?? "", y2: y2 ?? "" } });
}

function nodeShape(node: GraphNode, model: GraphModel): SVGElement {
  const [x, y] = node.at;
  const isNamed = model.graph.nodes.length <= 150 || model.degreeOf(node.id) >= 12;
  const label = svgElement("text", { text: node.name, attributes: { y: String(KINDS[node.kind].size + 9) } });
  const shape = svgElement("g", {
    class: `node ${node.kind}${isNamed ? " named" : ""}`,
    attributes: { transform: `translate(${x} ${-y})` },
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
  zoom(factor: number): void;
  move(x: number, y: number): void;
  home(): void;
  wasDragged(): boolean;
}

/** What part of the picture is seen; moved by dragging and the wheel. */
function createFrame(svg: SVGSVGElement, nodes: readonly GraphNode[]): Frame {
  const xs = nodes.map(({ at }) => at[0]);
  const ys = nodes.map(({ at }) => -at[1]);
  const [left, top] = [xs.reduce(min, 0) - 40, ys.reduce(min, 0) - 40];
  const whole = { x: left, y: top, width: xs.reduce(max, 0) - left + 40, height: ys.reduce(max, 0) - top + 40 };
  let box = whole;
  let isDragged = false;
  const show = (next: typeof whole): void => {
    box = next;
    svg.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`);
    measure();
  };
  // Names keep their size whatever part is seen.
  const measure = (): void => {
    const unit = Math.max(box.width / (svg.clientWidth || 800), box.height / (svg.clientHeight || 600));
    svg.style.setProperty("--unit", unit.toFixed(3));
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
    const unit = Math.max(box.width / svg.clientWidth, box.height / svg.clientHeight);
    show({ ...box, x: box.x - event.movementX * unit, y: box.y - event.movementY * unit });
  });
  show(whole);
  return { zoom, move, home: () => show(whole), wasDragged: () => isDragged };
}

function min(a: number, b: number): number {
  return Math.min(a, b);
}

function max(a: number, b: number): number {
  return Math.max(a, b);
}
