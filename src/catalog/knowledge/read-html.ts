import { Parser } from "htmlparser2";
import { KNOWLEDGE_HTML_DEPTH, KNOWLEDGE_HTML_LOOKS } from "../../protocol/limits/knowledge.ts";
import type { Block } from "./block.ts";

/** What an HTML page says. Scripts, styles and everything that is not shown are dropped; entities are text. */
export interface HtmlText {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/**
 * Reads a page as a stream of tags, so that its mistakes do not matter, or says why not: each tag costs the parser a look at all that
 * are open, so that a page whose tags are never closed would cost hours. What they cost is reckoned piece by piece.
 */
export function readHtml(html: string): HtmlText | string {
  const page = new PageBuilder();
  let depth = 0;
  let deepest = 0;
  let looks = 0;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        depth++;
        deepest = Math.max(deepest, depth);
        page.open(name, attributes["class"] ?? "");
      },
      onclosetag: (name) => {
        depth--;
        page.close(name);
      },
      ontext: (text) => page.text(text),
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  for (let at = 0; at < html.length; at += PIECE_CHARS) {
    const piece = html.slice(at, at + PIECE_CHARS);
    deepest = depth;
    parser.write(piece);
    if (depth > KNOWLEDGE_HTML_DEPTH) return `its tags are nested deeper than ${KNOWLEDGE_HTML_DEPTH}`;
    looks += tagCount(piece) * deepest;
    if (looks > KNOWLEDGE_HTML_LOOKS) return TOO_MUCH_WORK;
  }
  parser.end();
  return page.finish();
}

/** One piece cannot cost much, however its tags are nested. */
const PIECE_CHARS = 16 * 1024;
const TOO_MUCH_WORK = `its tags are too many for how deep they are nested: reading it takes more than ${KNOWLEDGE_HTML_LOOKS} looks at open tags`;

/** Also what only looks like a tag, and what one in a comment would be: more than there are. */
function tagCount(piece: string): number {
  let count = 0;
  for (let at = piece.indexOf("<"); at >= 0; at = piece.indexOf("<", at + 1)) count++;
  return count;
}

const HIDDEN = new Set(["script", "style", "noscript", "template", "svg", "iframe", "object", "select", "textarea"]);
const BREAKING = new Set(
  "p div section article header footer main aside nav body ul ol dl blockquote figure figcaption form address hr".split(
    " ",
  ),
);

/** Gathers text until a tag ends the block it belongs to. */
class PageBuilder {
  readonly #blocks: Block[] = [];
  #title = "";
  #hidden = 0;
  #text: string[] = [];
  #term = "";
  #language = "";
  #rows: string[][] | undefined;
  #isPre = false;

  open(name: string, className: string): void {
    if (HIDDEN.has(name)) this.#hidden++;
    if (name === "br") this.#text.push("\n");
    if (this.#rows !== undefined) this.#openInTable(name);
    else if (name === "table") {
      this.#endParagraph();
      this.#rows = [];
    } else if (isBlockTag(name)) this.#endParagraph();
    if (name === "pre" && this.#rows === undefined) [this.#isPre, this.#language] = [true, ""];
    if (this.#isPre) this.#language ||= /\blang(?:uage)?-(\w{1,20})/.exec(className)?.[1] ?? "";
  }

  close(name: string): void {
    if (HIDDEN.has(name)) this.#hidden = Math.max(0, this.#hidden - 1);
    if (name === "title" && this.#blocks.length === 0) {
      this.#title = this.#take();
      return;
    }
    if (this.#rows !== undefined) {
      this.#closeInTable(name);
      return;
    }
    if (isBlockTag(name)) this.#endBlock(name);
  }

  text(text: string): void {
    if (this.#hidden === 0) this.#text.push(text);
  }

  finish(): HtmlText {
    if (this.#rows !== undefined) this.#endTable();
    this.#endParagraph();
    return { title: this.#title, blocks: this.#blocks };
  }

  #endBlock(name: string): void {
    const level = /^h([1-6])$/.exec(name)?.[1];
    if (name === "pre") {
      const text = this.#text.join("").replace(/^\n|\n$/g, "");
      this.#text = [];
      this.#isPre = false;
      if (text.trim() !== "") this.#blocks.push({ kind: "code", language: this.#language, text });
      return;
    }
    const text = this.#take();
    if (name === "dt") this.#term = text;
    else if (text === "") return;
    else if (level !== undefined) this.#blocks.push({ kind: "heading", level: Number(level), text });
    else if (name === "li") this.#blocks.push({ kind: "item", text });
    else if (name === "dd" && this.#term !== "") this.#blocks.push({ kind: "definition", term: this.#term, text });
    else this.#blocks.push({ kind: "paragraph", text });
  }

  #endParagraph(): void {
    if (this.#isPre) return;
    const text = this.#take();
    if (text !== "") this.#blocks.push({ kind: "paragraph", text });
  }

  #openInTable(name: string): void {
    if (name === "tr") this.#rows?.push([]);
    if (name === "td" || name === "th") this.#text = [];
    // A cell is one line of text, in which what stood below each other stands apart.
    else if (isBlockTag(name)) this.#text.push(" ");
  }

  #closeInTable(name: string): void {
    if (name === "td" || name === "th") this.#rows?.at(-1)?.push(this.#take());
    else if (isBlockTag(name)) this.#text.push(" ");
    if (name === "table") this.#endTable();
  }

  #endTable(): void {
    const rows = (this.#rows ?? []).filter((cells) => cells.length > 0);
    this.#rows = undefined;
    this.#text = [];
    const [first, ...rest] = rows;
    if (first === undefined) return;
    this.#blocks.push({ kind: "table", header: first, rows: rest });
  }

  #take(): string {
    const text = this.#text.join("").replace(/\s+/g, " ").trim();
    this.#text = [];
    return text;
  }
}

function isBlockTag(name: string): boolean {
  return BREAKING.has(name) || ["li", "dt", "dd", "pre"].includes(name) || /^h[1-6]$/.test(name);
}
