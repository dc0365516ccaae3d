import type { GraphDocument } from "../graph-document.ts";
import { createDeepView } from "./deep-view.ts";
import { EDGE_LOOKS, lookOf } from "./edge-look.ts";
import { element } from "./element.ts";
import { createExplorer } from "./explorer.ts";
import { createFlatView } from "./flat-view.ts";
import { type GraphModel, countsOf, createModel } from "./graph-model.ts";
import { createInspector } from "./inspector.ts";
import { KINDS, kindIcon } from "./kinds.ts";
import { type Selection, createSelection } from "./selection.ts";
import type { View } from "./view.ts";

start();

function start(): void {
  // The page was written with this document in it, by the same version.
  const graph = JSON.parse(document.getElementById("graph")?.textContent ?? "") as GraphDocument;
  const model = createModel(graph);
  const selection = createSelection((id) => model.nodes.has(id));
  applyTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const viewport = createViewport(model, selection);
  document.body.append(
    header(model, viewport),
    element("div", {
      class: "panes",
      children: [createExplorer(model, selection), viewport.element, createInspector(model, selection)],
    }),
  );
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      selection.choose(undefined);
      document.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus();
    } else if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      document.getElementById("search")?.focus();
    }
  });
}

interface Viewport {
  readonly element: HTMLElement;
  /** Changes between depth and flat; says which it is now. */
  toggle(): "3d" | "2d";
  readonly mode: "3d" | "2d";
  redraw(): void;
}

/** The middle: a picture that can be turned, or a flat one. Everything in it can be reached in the explorer too. */
function createViewport(model: GraphModel, selection: Selection): Viewport {
  const pane = element("section", {
    class: "viewport",
    attributes: {
      role: "img",
      tabindex: "0",
      "aria-label": `Picture of the catalog: ${countsOf(model.graph)}. The explorer lists the same entries.`,
    },
  });
  const note = element("p", { class: "note", attributes: { role: "note" } });
  const isAskedFlat = new URLSearchParams(location.search).has("2d");
  let mode: "3d" | "2d" = isAskedFlat || !hasWebGl() ? "2d" : "3d";
  let view = openView(mode, model, selection);
  pane.append(view.element, element("div", { class: "foot", children: [legend(model), buttons(() => view)] }), note);
  if (mode === "2d" && !isAskedFlat) note.textContent = "No WebGL here: this is the flat picture.";
  selection.onChange((id) => view.select(id));
  pane.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (act === undefined || event.target !== pane) return;
    event.preventDefault();
    act(view);
  });
  return {
    element: pane,
    get mode() {
      return mode;
    },
    toggle: () => {
      view.dispose();
      mode = mode === "3d" && hasWebGl() ? "2d" : hasWebGl() ? "3d" : "2d";
      view = openView(mode, model, selection);
      pane.prepend(view.element);
      return mode;
    },
    redraw: () => view.select(selection.id),
  };
}

function openView(mode: "3d" | "2d", model: GraphModel, selection: Selection): View {
  return mode === "3d" ? createDeepView(model, selection) : createFlatView(model, selection);
}

function hasWebGl(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

const KEYS: Readonly<Record<string, (view: View) => void>> = {
  ArrowLeft: (view) => view.turn(-0.1, 0),
  ArrowRight: (view) => view.turn(0.1, 0),
  ArrowUp: (view) => view.turn(0, -0.1),
  ArrowDown: (view) => view.turn(0, 0.1),
  "+": (view) => view.zoom(1.3),
  "=": (view) => view.zoom(1.3),
  "-": (view) => view.zoom(1 / 1.3),
  "0": (view) => view.home(),
};

function buttons(view: () => View): HTMLElement {
  const make = (text: string, label: string, act: () => void): HTMLElement => {
    const button = element("button", { text, attributes: { type: "button", "aria-label": label, title: label } });
    button.addEventListener("click", act);
    return button;
  };
  return element("div", {
    class: "buttons",
    children: [
      make("+", "Come nearer", () => view().zoom(1.4)),
      make("−", "Go away", () => view().zoom(1 / 1.4)),
      make("⤢", "Show everything", () => view().home()),
    ],
  });
}

function legend({ graph }: GraphModel): HTMLElement {
  const items = Object.keys(KINDS).flatMap((name) => {
    const node = graph.nodes.find(({ kind }) => kind === name);
    if (node === undefined) return [];
    return [element("li", { children: [kindIcon(node.kind), element("span", { text: KINDS[node.kind].label })] })];
  });
  const looks = new Set(graph.edges.map(lookOf));
  const lines = EDGE_LOOKS.filter((look) => looks.has(look)).map((look) =>
    element("li", {
      children: [element("i", { class: `line ${look}` }), element("span", { text: look })],
    }),
  );
  return element("ul", { class: "legend", attributes: { "aria-label": "Legend" }, children: [...items, ...lines] });
}

function header({ graph }: GraphModel, viewport: Viewport): HTMLElement {
  const flat = element("button", {
    text: viewport.mode === "3d" ? "2D" : "3D",
    attributes: { type: "button", title: "Picture with or without depth" },
  });
  flat.addEventListener("click", () => (flat.textContent = viewport.toggle() === "3d" ? "2D" : "3D"));
  const theme = element("button", { text: "Light / dark", attributes: { type: "button" } });
  theme.addEventListener("click", () => {
    applyTheme(document.documentElement.dataset["theme"] === "dark" ? "light" : "dark");
    viewport.redraw();
  });
  const cut = graph.truncated
    ? element("p", {
        class: "cut",
        attributes: { role: "status" },
        text: `Shows ${countsOf(graph)}. The most related are kept; --max-nodes shows more.`,
      })
    : element("p", { class: "quiet", text: countsOf(graph) });
  return element("header", {
    children: [element("h1", { text: graph.title }), cut, element("div", { class: "tools", children: [flat, theme] })],
  });
}

function applyTheme(theme: "light" | "dark"): void {
  document.documentElement.dataset["theme"] = theme;
}
