import { expect, test } from "vitest";
import { postingsOf, postingsText, readPostingsText } from "../../../../src/catalog/search/postings.ts";
import { columnDocument } from "../../../../src/catalog/search/search-document.ts";
import { Words } from "../../../../src/catalog/search/words.ts";
import { CatalogEntry } from "../../../../src/protocol/catalog.ts";

const MEANS = [1, 2, 2, 8, 8];

test("postings are read from a document's row as they were written", () => {
  const written = postings("Größe 顧客 total2024", "the total of what customers bought, total by total");

  expect(written.size).toBeGreaterThan(5);
  expect(readPostingsText(postingsText(written))).toEqual(written);
  expect(readPostingsText("")).toEqual(new Map());
});

test("however often a word stands somewhere, its posting keeps within its bits", () => {
  const [posting = 0] = postings("revenue ".repeat(5_000), "revenue ".repeat(5_000)).values();

  expect(posting >>> 24).toBe((1 << 1) | (1 << 3));
  expect((posting >>> 16) & 255).toBeGreaterThan(0);
  expect(posting).toBeLessThan(2 ** 29);
});

function postings(name: string, content: string): ReadonlyMap<string, number> {
  const entry = CatalogEntry.parse({ id: "column:a.b", itemType: "column", name, qualified_name: "a.b", content });
  return postingsOf(columnDocument(entry, "", new Words()), MEANS);
}
