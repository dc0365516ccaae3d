import type { GraphColumn, GraphEdge, GraphNode } from "../graph-document.ts";
import { element } from "./element.ts";
import { type GraphModel, countsOf } from "./graph-model.ts";
import { KINDS, cssColour, kindIcon } from "./kinds.ts";
import type { Selection } from "./selection.ts";

/** The right side: what is known of the chosen entry, and links to what it is related to. */
export function createInspector(model: GraphModel, selection: Selection): HTMLElement {
  const panel = element("aside", {
    class: "inspector",
    attributes: { "aria-label": "Inspector", "aria-live": "polite", tabindex: "-1" },
  });
  const show = (id: string | undefined): void => {
    const node = id === undefined ? undefined : model.nodes.get(id);
    panel.replaceChildren(...(node === undefined ? overview(model) : describe(node, model)));
    panel.scrollTop = 0;
  };
  selection.onChange(show);
  show(selection.id);
  return panel;
}

function overview({ graph }: GraphModel): readonly Element[] {
  const counts = Object.entries(KINDS).flatMap(([kind, { plural }]) => {
    const count = graph.nodes.filter((node) => node.kind === kind).length;
    return count === 0 ? [] : [[plural, String(count)] as const];
  });
  return [
    element("h2", { text: "Overview" }),
    element("p", { class: "quiet", text: countsOf(graph) }),
    factList(counts),
    element("p", { text: "Choose an entry in the explorer or the picture to see what is known of it." }),
    element("p", {
      class: "quiet",
      text: "Keys: / searches, arrows and letters move in the explorer, Enter chooses, Esc lets go. In the picture arrows turn and + and − come nearer and go away.",
    }),
  ];
}

function describe(node: GraphNode, model: GraphModel): readonly Element[] {
  const { kind, name, qualifiedName, content, tags, facts } = node;
  const badge = element("p", {
    class: "badge",
    children: [kindIcon(kind), element("span", { text: KINDS[kind].label })],
  });
  badge.style.borderColor = cssColour(KINDS[kind].colour);
  return [
    badge,
    element("h2", { text: name }),
    ...(qualifiedName === name ? [] : [element("p", { class: "qualified", text: qualifiedName })]),
    ...(content === "" ? [] : [element("p", { class: "content", text: content })]),
    ...(tags.length === 0
      ? []
      : [element("p", { class: "tags", children: tags.map((text) => element("span", { text })) })]),
    ...(facts.length === 0 ? [] : [element("h3", { text: "Facts" }), factList(facts)]),
    ...columnTable(node),
    ...relations(node, model),
  ];
}

function factList(facts: readonly (readonly [string, string])[]): HTMLElement {
  const children = facts.flatMap(([name, value]) => [
    element("dt", { text: spaced(name) }),
    element("dd", { text: value }),
  ]);
  return element("dl", { class: "facts", children });
}

/** `rowCount` as people write it. */
function spaced(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
}

function columnTable({ columns, columnCount }: GraphNode): readonly Element[] {
  if (columns.length === 0) return [];
  const rows = columns.map(({ name, type, key }: GraphColumn) =>
    element("tr", {
      children: [
        element("th", { text: name, attributes: { scope: "row" } }),
        element("td", { text: type }),
        element("td", { class: "key", text: key }),
      ],
    }),
  );
  const cut = columns.length < columnCount ? `: ${columns.length} of ${columnCount}` : ` (${columnCount})`;
  return [
    element("h3", { text: `Columns${cut}` }),
    element("table", { children: [headRow(["name", "type", "key"]), element("tbody", { children: rows })] }),
  ];
}

function headRow(titles: readonly string[]): HTMLElement {
  const cells = titles.map((text) => element("th", { text, attributes: { scope: "col" } }));
  return element("thead", { children: [element("tr", { children: cells })] });
}

function relations(node: GraphNode, model: GraphModel): readonly Element[] {
  const parent = node.parent === null ? undefined : model.nodes.get(node.parent);
  const edges = model.edgesOf(node.id).toSorted((a, b) => b.confidence - a.confidence);
  if (edges.length === 0 && parent === undefined) return [];
  const rows = edges.slice(0, MOST_RELATIONS).map((edge) => relationRow(edge, node, model));
  const belongs =
    parent === undefined
      ? []
      : [
          element("tr", {
            children: [
              element("td", { text: "belongs to" }),
              element("td", { children: [nodeLink(parent)] }),
              element("td"),
            ],
          }),
        ];
  const cut = edges.length > MOST_RELATIONS ? `: ${MOST_RELATIONS} of ${edges.length}` : ` (${edges.length})`;
  const body = element("tbody", { children: [...belongs, ...rows] });
  return [
    element("h3", { text: `Relations${cut}` }),
    element("table", { class: "relations", children: [headRow(["relation", "with", "how sure"]), body] }),
  ];
}

const MOST_RELATIONS = 300;

function relationRow(edge: GraphEdge, node: GraphNode, { nodes }: GraphModel): HTMLElement {
  const isOut = edge.from === node.id;
  const other = nodes.get(isOut ? edge.to : edge.from);
  const name = `${isOut ? "→" : "←"} ${edge.type.replaceAll("_", " ")}`;
  const joins = edge.columns.length === 0 ? undefined : element("small", { text: edge.columns.join(", ") });
  return element("tr", {
    children: [
      element("td", { text: name }),
      element("td", { children: [other === undefined ? undefined : nodeLink(other), joins] }),
      element("td", { class: "key", text: `${edge.origin} ${Math.round(edge.confidence * 100)}%` }),
    ],
  });
}

/** A link of this page; the address decides what is chosen. */
function nodeLink({ id, name, kind }: GraphNode): HTMLElement {
  return element("a", {
    attributes: { href: `#${encodeURIComponent(id)}` },
    children: [kindIcon(kind), element("span", { text: name })],
  });
}
