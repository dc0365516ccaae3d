import { expect, test } from "vitest";
import { entryIdOf, entryIdPrefix } from "../../../../src/catalog/profile/entry-id.ts";

test("an id names its path, and what has a meaning in ids is escaped", () => {
  expect(entryIdOf(["shop"])).toBe("database:shop");
  expect(entryIdOf(["shop", "public"])).toBe("schema:shop.public");
  expect(entryIdOf(["shop", "public", "Order Items"])).toBe("table:shop.public.Order Items");
  expect(entryIdOf(["a.b", "c:d", "e#f", "g%\n"])).toBe("column:a%2Eb.c%3Ad.e%23f.g%25%0A");
});

test("different paths have different ids", () => {
  expect(entryIdOf(["a.b", "c"])).not.toBe(entryIdOf(["a", "b.c"]));
  expect(entryIdOf(["a%2Eb"])).not.toBe(entryIdOf(["a.b"]));
});

test("a prefix fits what is below and nothing beside it", () => {
  expect(entryIdPrefix("column", ["shop", "main", "t"])).toBe("column:shop.main.t.");
  expect(entryIdOf(["shop", "main", "t2", "c"]).startsWith(entryIdPrefix("column", ["shop", "main", "t"]))).toBe(false);
});
