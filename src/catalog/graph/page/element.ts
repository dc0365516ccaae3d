/** What an element is made of; a text child is always text, never markup. */
interface ElementParts {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly (Element | undefined)[];
}

/** Makes an HTML element. There is no way to give it markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  parts: ElementParts = {},
): HTMLElementTagNameMap[Name] {
  return filled(document.createElement(name), parts);
}

/** Makes an SVG element. */
export function svgElement<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  parts: ElementParts = {},
): SVGElementTagNameMap[Name] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), parts);
}

function filled<Made extends Element>(made: Made, parts: ElementParts): Made {
  if (parts.class !== undefined) made.setAttribute("class", parts.class);
  for (const [name, value] of Object.entries(parts.attributes ?? {})) made.setAttribute(name, value);
  if (parts.text !== undefined) made.textContent = parts.text;
  for (const child of parts.children ?? []) if (child !== undefined) made.append(child);
  return made;
}
