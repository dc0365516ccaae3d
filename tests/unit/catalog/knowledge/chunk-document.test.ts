import { expect, test } from "vitest";
import { blockText } from "../../../../src/catalog/knowledge/block.ts";
import { chunkDocument } from "../../../../src/catalog/knowledge/chunk-document.ts";
import { readMarkdown } from "../../../../src/catalog/knowledge/read-markdown.ts";
import { KNOWLEDGE_CHUNK_CHARS } from "../../../../src/protocol/limits/knowledge.ts";

test("chunks end at headings and carry the path of headings they stand under", () => {
  const chunks = chunkDocument(readMarkdown("# A\n\none\n\n## B\n\ntwo\n\nthree\n\n# C\n\nfour"));

  expect(chunks.map(({ headings, text }) => [headings, text])).toEqual([
    [["A"], "one"],
    [["A", "B"], "two\n\nthree"],
    [["C"], "four"],
  ]);
});

test("a chunk says where it begins in the document's text", () => {
  const blocks = readMarkdown(`# A\n\n${"word ".repeat(900)}\n\nlast 😀 words`);
  const text = blocks.map(blockText).join("\n\n");

  const chunks = chunkDocument(blocks);

  expect(chunks.length).toBeGreaterThan(2);
  for (const chunk of chunks) {
    expect(chunk.text.length).toBeLessThanOrEqual(KNOWLEDGE_CHUNK_CHARS);
    expect(text.slice(chunk.offset).trimStart().startsWith(chunk.text.slice(0, 100))).toBe(true);
  }
});

test("every part of a long table repeats its header", () => {
  const rows = Array.from({ length: 200 }, (_, index) => [`row ${index}`, "x".repeat(20)]);

  const chunks = chunkDocument([{ kind: "table", header: ["name", "value"], rows }]);

  expect(chunks.length).toBeGreaterThan(1);
  expect(chunks.filter(({ text }) => text.startsWith("name | value\n"))).toHaveLength(chunks.length);
  expect(rows.filter(([name]) => chunks.filter(({ text }) => text.includes(`${name} | `)).length !== 1)).toEqual([]);
});
