import { parse } from "smol-toml";

/**
 * The line of every key of a TOML text that stands on a line of its own; a key inside an inline table is found by the key around
 * it. The text must be valid TOML.
 */
export function tomlLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  let table: readonly PropertyKey[] = [];
  let open: string | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (open !== undefined) {
      if (line.includes(open)) open = undefined;
      continue;
    }
    const header = /^\s*(\[\[?)\s*([^\]]+?)\s*\]/.exec(line);
    const key =
      /^\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+))*)\s*=(.*)$/.exec(line);
    const headerParts = keyParts(header?.[2] ?? "");
    if (header !== null && headerParts.length > 0) {
      table = tablePath(headerParts, header[1] === "[[", counts);
      lines.set(JSON.stringify(table), index + 1);
    } else if (key !== null) {
      const parts = keyParts(key[1] ?? "");
      for (let length = 1; length <= parts.length; length++) {
        const id = JSON.stringify([...table, ...parts.slice(0, length)]);
        if (!lines.has(id)) lines.set(id, index + 1);
      }
      open = openString(key[2] ?? "");
    }
  }
  return lines;
}

/** A table array's elements are numbered; a header below one means its newest element. */
function tablePath(parts: readonly string[], isArray: boolean, counts: Map<string, number>): readonly PropertyKey[] {
  let path: readonly PropertyKey[] = [];
  for (const [index, part] of parts.entries()) {
    path = [...path, part];
    const id = JSON.stringify(path);
    if (isArray && index === parts.length - 1) counts.set(id, (counts.get(id) ?? -1) + 1);
    const count = counts.get(id);
    if (count !== undefined) path = [...path, count];
  }
  return path;
}

/** Lets the parser itself read a dotted key with its quotes and escapes. */
function keyParts(dotted: string): readonly string[] {
  const parts: string[] = [];
  let value: unknown = readKey(dotted);
  while (typeof value === "object" && value !== null) {
    const [entry] = Object.entries(value);
    if (entry === undefined) break;
    parts.push(entry[0]);
    value = entry[1];
  }
  return parts;
}

/** What looks like a key inside a list over several lines is none; it then has no line of its own. */
function readKey(dotted: string): unknown {
  try {
    return parse(`${dotted} = true`);
  } catch {
    return {};
  }
}

function openString(rest: string): string | undefined {
  return ['"""', "'''"].find((quote) => rest.trimStart().startsWith(quote) && rest.split(quote).length === 2);
}
