import { expect, test } from "vitest";
import { stableJson } from "../../../src/lib/stable-json.ts";

test.each([
  [{ b: 1, a: { d: 2, c: 3 } }, '{"a":{"c":3,"d":2},"b":1}'],
  [{ a: [{ z: 1, y: 2 }], b: 1 }, '{"a":[{"y":2,"z":1}],"b":1}'],
  [{ a: 1, b: [1, "x", null, true] }, '{"a":1,"b":[1,"x",null,true]}'],
  [{ "10": 1, "9": 2, a: 3 }, '{"9":2,"10":1,"a":3}'],
  [{ a: undefined, b: 1 }, '{"b":1}'],
  [["b", "a"], '["b","a"]'],
  ["text", '"text"'],
  [null, "null"],
])("%j has the text %s", (value, text) => {
  expect(stableJson(value)).toBe(text);
});

test("the order in which keys were written makes no difference, at any depth", () => {
  const one = { x: [{ b: { d: 1, c: 2 }, a: 3 }], é: 1, A: 2 };
  const other = { A: 2, é: 1, x: [{ a: 3, b: { c: 2, d: 1 } }] };

  expect(stableJson(one)).toBe(stableJson(other));
});
