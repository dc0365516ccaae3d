import type { GraphKind, GraphNode } from "../graph-document.ts";
import { element } from "./element.ts";
import type { Branch, GraphModel } from "./graph-model.ts";
import { kindIcon } from "./kinds.ts";
import type { Selection } from "./selection.ts";
import { handleTreeKeys } from "./tree-keys.ts";

/** The left side: a search field over the tree of everything that is shown. */
export function createExplorer(model: GraphModel, selection: Selection): HTMLElement {
  const search = element("input", {
    attributes: {
      type: "search",
      id: "search",
      placeholder: "Search ( / )",
      "aria-label": "Search entries",
      autocomplete: "off",
    },
  });
  const found = element("p", { class: "found", attributes: { role: "status" } });
  const tree = element("ul", { class: "tree", attributes: { role: "tree", "aria-label": "Catalog entries" } });
  const show = (branches: readonly Branch[], openLevels: number): void => {
    tree.replaceChildren(...branches.map((branch) => treeItem(branch, { level: 1, openLevels, selection })));
    markSelected(tree, selection.id);
    if (tree.querySelector('[tabindex="0"]') === null) firstItem(tree)?.setAttribute("tabindex", "0");
  };
  show(model.tree, model.graph.nodes.length <= SMALL ? 3 : 2);
  search.addEventListener("input", () => {
    const words = search.value
      .trim()
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) {
      found.textContent = "";
      show(model.tree, 2);
      reveal(tree, model, selection.id);
      return;
    }
    const hits = searchNodes(model, words);
    found.textContent = hits.length > MOST_HITS ? `${MOST_HITS} of ${hits.length} found` : `${hits.length} found`;
    show(
      hits.slice(0, MOST_HITS).map((node) => leaf(node)),
      1,
    );
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") firstItem(tree)?.focus();
    else if (event.key === "Enter") firstItem(tree)?.click();
    else return;
    event.preventDefault();
  });
  handleTreeKeys(tree);
  selection.onChange((id) => {
    if (search.value === "") reveal(tree, model, id);
    markSelected(tree, id);
  });
  queueMicrotask(() => reveal(tree, model, selection.id));
  return element("nav", {
    class: "explorer",
    attributes: { "aria-label": "Explorer" },
    children: [element("div", { class: "search", children: [search, found] }), tree],
  });
}

/** Up to here a graph is small enough to show its schemas' tables at once. */
const SMALL = 200;
const MOST_HITS = 200;
/** A longer list begins closed, so that what follows it can be seen. */
const MOST_OPEN = 60;

function leaf(node: GraphNode): Branch {
  return { label: node.qualifiedName === "" ? node.name : node.qualifiedName, kind: node.kind, node, children: [] };
}

/** Names that begin so come first. */
function searchNodes({ graph }: GraphModel, words: readonly string[]): readonly GraphNode[] {
  const hits = graph.nodes.filter(({ name, qualifiedName, tags }) => {
    const text = `${name} ${qualifiedName} ${tags.join(" ")}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const rank = ({ name }: GraphNode): number => (name.toLowerCase().startsWith(words[0] ?? "") ? 0 : 1);
  return hits.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, "en"));
}

interface ItemPlace {
  readonly level: number;
  /** Levels from the top whose children are there from the start; others are made when they are opened. */
  readonly openLevels: number;
  readonly selection: Selection;
}

function treeItem(branch: Branch, place: ItemPlace): HTMLLIElement {
  const { level, openLevels, selection } = place;
  const hasChildren = branch.children.length > 0;
  const item = element("li", {
    attributes: { role: "treeitem", "aria-level": String(level), tabindex: "-1", "aria-selected": "false" },
  });
  if (branch.node !== undefined) item.dataset["id"] = branch.node.id;
  item.dataset["label"] = branch.label.toLowerCase();
  const count = hasChildren ? element("span", { class: "count", text: String(branch.children.length) }) : undefined;
  const name = element("span", { class: "name", text: branch.label });
  const twist = element("span", { class: "twist", attributes: { "aria-hidden": "true" } });
  item.append(element("span", { class: "row", children: [twist, kindIcon(branch.kind), name, count] }));
  if (hasChildren) {
    let group: HTMLUListElement | undefined;
    const open = (isOpen: boolean): void => {
      if (isOpen && group === undefined) {
        const children = branch.children.map((child) => treeItem(child, { ...place, level: level + 1 }));
        group = element("ul", { attributes: { role: "group" }, children });
        item.append(group);
      }
      item.setAttribute("aria-expanded", String(isOpen));
      if (group !== undefined) group.hidden = !isOpen;
    };
    open(level < openLevels && branch.children.length <= MOST_OPEN);
    item.addEventListener("expand", (event) => {
      event.stopPropagation();
      open(item.getAttribute("aria-expanded") !== "true");
    });
    twist.addEventListener("click", (event) => {
      event.stopPropagation();
      item.dispatchEvent(new Event("expand"));
    });
  }
  item.addEventListener("click", (event) => {
    event.stopPropagation();
    if (branch.node === undefined) item.dispatchEvent(new Event("expand"));
    else selection.choose(branch.node.id);
  });
  return item;
}

function firstItem(tree: HTMLElement): HTMLElement | null {
  return tree.querySelector<HTMLElement>('[role="treeitem"]');
}

/** Opens everything above an entry and brings it into view. */
function reveal(tree: HTMLElement, { nodes }: GraphModel, id: string | undefined): void {
  const path: string[] = [];
  for (let at = id; at !== undefined && path.length < 10; at = nodes.get(at)?.parent ?? undefined) path.unshift(at);
  const root = nodes.get(path[0] ?? "");
  if (root !== undefined && itemOf(tree, root.id) === undefined) {
    for (const heading of tree.querySelectorAll<HTMLElement>(':scope > [aria-expanded="false"]:not([data-id])'))
      if (heading.dataset["label"] === headingOf(root)) heading.dispatchEvent(new Event("expand"));
  }
  for (const above of path.slice(0, -1)) {
    const item = itemOf(tree, above);
    if (item?.getAttribute("aria-expanded") === "false") item.dispatchEvent(new Event("expand"));
  }
  if (id !== undefined) itemOf(tree, id)?.querySelector(".row")?.scrollIntoView({ block: "nearest" });
}

function headingOf({ kind }: GraphNode): string {
  return KIND_HEADINGS[kind];
}

const KIND_HEADINGS: Readonly<Record<GraphKind, string>> = {
  database: "databases",
  schema: "schemas",
  table: "tables",
  view: "views",
  column: "columns",
  metric: "metrics",
  document: "documents",
  knowledge: "knowledge",
};

/** Not by a selector: an id may hold any character. */
function itemOf(tree: HTMLElement, id: string): HTMLElement | undefined {
  return [...tree.querySelectorAll<HTMLElement>("[data-id]")].find((item) => item.dataset["id"] === id);
}

function markSelected(tree: HTMLElement, id: string | undefined): void {
  for (const item of tree.querySelectorAll('[aria-selected="true"]')) item.setAttribute("aria-selected", "false");
  const item = id === undefined ? undefined : itemOf(tree, id);
  if (item === undefined) return;
  item.setAttribute("aria-selected", "true");
  for (const other of tree.querySelectorAll('[tabindex="0"]')) other.setAttribute("tabindex", "-1");
  item.setAttribute("tabindex", "0");
}
