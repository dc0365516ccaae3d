import { expect, test } from "vitest";
import { thrownMessage, thrownText } from "../../../src/lib/thrown-text.ts";

test.each([
  [new TypeError("no such product"), "TypeError: no such product"],
  ["plain", "plain"],
  [undefined, "undefined"],
  [Symbol("s"), "Symbol(s)"],
  [Object.create(null), "something was thrown that has no text"],
  [Object.assign(new Error("x"), { name: Symbol("n") }), "something was thrown that has no text"],
])("%# is told as text", (thrown, text) => {
  expect(thrownText(thrown)).toBe(text);
});

test.each([
  [new TypeError("no such product"), "no such product"],
  ["plain", "plain"],
  [Object.create(null), "something was thrown that has no text"],
])("%# is told without the name of its class", (thrown, message) => {
  expect(thrownMessage(thrown)).toBe(message);
});
