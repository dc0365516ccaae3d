import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A fenced block of a page. */
export interface Fence {
  readonly language: string;
  /** What stands after the language: `file=app.ts`, `error`. */
  readonly meta: string;
  readonly code: string;
  /** Line of the page on which the code begins. */
  readonly line: number;
}

/** Something short on a line of a page: code between backticks, or the target of a link. */
export interface Mention {
  readonly text: string;
  readonly line: number;
}

/** A page of Markdown as the checks read it. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly fences: readonly Fence[];
  readonly codeSpans: readonly Mention[];
  /** Files of the repository, in backticks or not; a name may be a pattern. */
  readonly files: readonly Mention[];
  readonly links: readonly Mention[];
  /** Anchors of its headings, as GitHub makes them. */
  readonly anchors: readonly string[];
}

/** The pages that users read and people write: those of the root, the guides, and the examples' own. */
export function readPages(root: string): readonly Page[] {
  const paths = globSync(["{README,ARCHITECTURE,AGENTS,CHANGELOG}.md", "docs/*.md", "examples/*/README.md"], {
    cwd: root,
  }).toSorted();
  return paths.map((path) => readPage(path, readFileSync(join(root, path), "utf8")));
}

/** Takes a page apart. */
export function readPage(path: string, text: string): Page {
  const fences: Fence[] = [];
  const prose: Mention[] = [];
  let open:
    | {
        readonly ticks: string;
        readonly language: string;
        readonly meta: string;
        readonly line: number;
        lines: string[];
      }
    | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const [, ticks = "", language = "", meta = ""] = /^(`{3,})([\w-]*)\s*(.*)$/.exec(line) ?? [];
    if (open !== undefined && line === open.ticks) {
      const { lines, ...fence } = open;
      fences.push({ language: fence.language, meta: fence.meta, code: lines.join("\n"), line: fence.line });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line);
    else if (ticks !== "") open = { ticks, language, meta, line: index + 2, lines: [] };
    else prose.push({ text: line, line: index + 1 });
  }
  return {
    path,
    fences,
    codeSpans: mentions(prose, /`([^`]+)`/g),
    files: mentions(prose, FILE),
    links: mentions(
      prose.map(({ text: words, line }) => ({ text: words.replace(/`[^`]*`/g, ""), line })),
      /\]\(([^)\s]+)\)/g,
    ),
    anchors: prose.filter(({ text: line }) => /^#{1,6} /.test(line)).map(({ text: line }) => anchorOf(line)),
  };
}

const FILE = /(?<![\w./-])((?:docs|examples|src|tests|scripts|bench)\/[\w./{},*-]*\.(?:css|json|md|svg|ts|yml))\b/g;

function mentions(prose: readonly Mention[], pattern: RegExp): readonly Mention[] {
  return prose.flatMap(({ text, line }) =>
    [...text.matchAll(pattern)].map(([, found = ""]) => ({ text: found, line })),
  );
}

function anchorOf(heading: string): string {
  const words = heading.replace(/^#+ /, "").toLowerCase();
  return words.replace(/[^\p{L}\p{N}\s-]/gu, "").replace(/\s/g, "-");
}
