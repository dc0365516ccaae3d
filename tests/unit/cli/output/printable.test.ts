import { expect, test } from "vitest";
import { printable, printableJson, printableLine } from "../../../../src/cli/output/printable.ts";

test.each([
  ["an escape sequence", "\u001b[2Jgone", "\\x1b[2Jgone"],
  ["a carriage return that overwrites", "safe\rrm -rf", "safe\\rrm -rf"],
  ["a backspace and a bell", "a\u0008\u0007", "a\\x08\\x07"],
  ["the C1 form of an escape", "\u009b31m", "\\x9b31m"],
  ["a right-to-left override", "abc\u202edef", "abc\\u202edef"],
  ["an isolate", "\u2066x\u2069", "\\u2066x\\u2069"],
  ["zero-width characters", "pass\u200bword\ufeff", "pass\\u200bword\\ufeff"],
  ["a tag character", "hi\u{e0041}", "hi\\u{e0041}"],
  ["a line separator", "a\u2028b", "a\\u2028b"],
  ["half a character", "\ud83d", "\\ud83d"],
])("makes %s visible", (_what, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test("leaves words, line breaks, tabs and emoji as they are", () => {
  const text = "Größe 数 שלום\n\tnext ✔️ 👩";

  expect(printable(text)).toBe(text);
});

test("takes Windows line ends for line ends", () => {
  expect(printable("a\r\nb")).toBe("a\nb");
});

test("keeps a cell on its line", () => {
  expect(printableLine("a\nb\tc")).toBe("a\\nb\\tc");
});

test("escapes invisible characters in JSON without changing the value", () => {
  const value = { text: "\u001b[31m\u202e\u200b\u{e0041}\u009b\nend" };

  const json = printableJson(value, 2);

  expect(json).toContain('"\\u001b[31m\\u202e\\u200b\\udb40\\udc41\\u009b\\nend"');
  expect(JSON.parse(json)).toEqual(value);
});
