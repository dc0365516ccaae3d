import { KNOWLEDGE_CHUNK_CHARS } from "../../protocol/limits/knowledge.ts";
import { type Block, blockText } from "./block.ts";

/** A part of a document that is found and read on its own. */
export interface Chunk {
  /** The headings it stands under, from the outermost. */
  readonly headings: readonly string[];
  /** Where it begins in the document's plain text. */
  readonly offset: number;
  readonly text: string;
}

/** Cuts a document where its structure does: at headings, then at blocks, and inside a block only when that is too long. */
export function chunkDocument(blocks: readonly Block[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let headings: readonly Heading[] = [];
  let open: Piece | undefined;
  let offset = 0;
  const close = (): void => {
    if (open !== undefined) chunks.push({ headings: headings.map(({ text }) => text), ...open });
    open = undefined;
  };
  for (const block of blocks) {
    if (block.kind === "heading") {
      close();
      headings = [...headings.filter(({ level }) => level < block.level), block];
    } else {
      for (const piece of piecesOf(block, offset)) {
        if (open !== undefined && open.text.length + piece.text.length + 2 > KNOWLEDGE_CHUNK_CHARS) close();
        open = open === undefined ? piece : { offset: open.offset, text: `${open.text}\n\n${piece.text}` };
      }
    }
    offset += blockText(block).length + 2;
  }
  close();
  return chunks;
}

interface Heading {
  readonly level: number;
  readonly text: string;
}

interface Piece {
  readonly offset: number;
  readonly text: string;
}

function piecesOf(block: Block, offset: number): readonly Piece[] {
  const text = blockText(block);
  if (text.length <= KNOWLEDGE_CHUNK_CHARS) return text.trim() === "" ? [] : [{ offset, text }];
  const header = block.kind === "table" ? `${block.header.join(" | ")}\n` : "";
  const room = Math.max(KNOWLEDGE_CHUNK_CHARS - header.length, KNOWLEDGE_CHUNK_CHARS / 2);
  const pieces: Piece[] = [];
  let from = header.length;
  while (from < text.length) {
    const end = cutBefore(text, from, from + room);
    const piece = text.slice(from, end).trim();
    // Every part of a table repeats what its columns are.
    if (piece !== "") pieces.push({ offset: offset + from, text: header + piece });
    from = end;
  }
  return pieces;
}

/** The end of a line, else of a sentence, else of a word, in the second half of what fits; never inside a character. */
function cutBefore(text: string, from: number, limit: number): number {
  if (limit >= text.length) return text.length;
  for (const mark of ["\n", ". ", " "]) {
    const at = text.lastIndexOf(mark, limit - mark.length);
    if (at > from + (limit - from) / 2) return at + mark.length;
  }
  const code = text.charCodeAt(limit - 1);
  return code >= 0xd800 && code < 0xdc00 ? limit - 1 : limit;
}
