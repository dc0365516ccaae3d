/** The keys that people know from trees: arrows, Home, End, Enter, Space, and typing the beginning of a name. */
export function handleTreeKeys(tree: HTMLElement): void {
  let typed = "";
  let typedAt = 0;
  tree.addEventListener("keydown", (event) => {
    const item = (event.target as HTMLElement).closest<HTMLElement>('[role="treeitem"]'); // events of this tree come from its elements
    if (item === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    if (move !== undefined) focusItem(tree, move(tree, item));
    else if (event.key === "Enter" || event.key === " ") item.click();
    else if (event.key.length === 1 && event.key !== "/") {
      typed = event.timeStamp - typedAt > TYPE_PAUSE_MS ? event.key : typed + event.key;
      typedAt = event.timeStamp;
      focusItem(tree, startingWith(tree, item, typed.toLowerCase()));
    } else return;
    event.preventDefault();
  });
}

/** A pause longer than this begins a new word. */
const TYPE_PAUSE_MS = 600;

type Move = (tree: HTMLElement, item: HTMLElement) => HTMLElement | undefined;

const MOVES: Readonly<Record<string, Move>> = {
  ArrowDown: (tree, item) => neighbour(tree, item, 1),
  ArrowUp: (tree, item) => neighbour(tree, item, -1),
  Home: (tree) => visibleItems(tree)[0],
  End: (tree) => visibleItems(tree).at(-1),
  ArrowRight: (tree, item) => {
    if (item.getAttribute("aria-expanded") === "true") return neighbour(tree, item, 1);
    if (item.hasAttribute("aria-expanded")) item.dispatchEvent(new Event("expand"));
    return item;
  },
  ArrowLeft: (_tree, item) => {
    if (item.getAttribute("aria-expanded") !== "true")
      return item.parentElement?.closest<HTMLElement>('[role="treeitem"]') ?? item;
    item.dispatchEvent(new Event("expand"));
    return item;
  },
};

function visibleItems(tree: HTMLElement): readonly HTMLElement[] {
  const items = tree.querySelectorAll<HTMLElement>('[role="treeitem"]');
  return [...items].filter((item) => item.parentElement?.closest("ul[hidden]") === null);
}

function neighbour(tree: HTMLElement, item: HTMLElement, step: number): HTMLElement | undefined {
  const items = visibleItems(tree);
  return items[items.indexOf(item) + step];
}

function startingWith(tree: HTMLElement, item: HTMLElement, start: string): HTMLElement | undefined {
  const items = visibleItems(tree);
  // One letter goes on to the next name; a longer word may stay where it is.
  const from = items.indexOf(item) + (start.length === 1 ? 1 : 0);
  const order = [...items.slice(from), ...items.slice(0, from)];
  return order.find((candidate) => candidate.dataset["label"]?.startsWith(start) === true);
}

function focusItem(tree: HTMLElement, item: HTMLElement | undefined): void {
  if (item === undefined) return;
  for (const other of tree.querySelectorAll('[tabindex="0"]')) other.setAttribute("tabindex", "-1");
  item.setAttribute("tabindex", "0");
  item.focus();
}
