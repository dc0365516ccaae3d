import { expect, test } from "vitest";
import { Words } from "../../../../src/catalog/search/words.ts";

test.each([
  ["customerOrderID", ["customer", "order", "id"]],
  ["HTTPServer_v2", ["http", "server", "v", "2"]],
  ["Q3-2024", ["q", "3", "2024"]],
  ["Größe café", ["große", "cafe"]],
  ["订单明细", ["订单", "单明", "明细"]],
  ["constructor __proto__", ["constructor", "proto"]],
  ["\u{1f600} \"'`; --", []],
  ["", []],
])("%s falls apart into words", (text, words) => {
  expect(new Words().plain(text)).toEqual(words);
});

test("prose loses the words of every sentence, names keep theirs", () => {
  const words = new Words();

  expect(words.ofProse("the number of orders")).toEqual(["order"]);
  expect(words.ofName("number_of_orders")).toEqual(["number", "of", "order"]);
});
