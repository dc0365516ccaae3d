/** A piece of a document's structure; every reader gives a list of these, in reading order. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "item"; readonly text: string }
  | { readonly kind: "definition"; readonly term: string; readonly text: string }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "table"; readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** What a file says, whatever its format. */
export interface ReadDocument {
  /** Empty when it does not say. */
  readonly title: string;
  readonly blocks: readonly Block[];
  /** What the author says about the document itself. */
  readonly frontMatter: Readonly<Record<string, unknown>>;
  /** What the reader could not use, for the report. */
  readonly notes: readonly string[];
}

/** A block as plain text, as chunks and searches hold it. */
export function blockText(block: Block): string {
  switch (block.kind) {
    case "heading":
    case "paragraph":
      return block.text;
    case "item":
      return `- ${block.text}`;
    case "definition":
      return `${block.term}: ${block.text}`;
    case "code":
      return block.text;
    case "table":
      return [block.header, ...block.rows].map((row) => row.join(" | ")).join("\n");
  }
}
