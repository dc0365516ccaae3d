import { expect, test } from "vitest";
import * as z from "zod";
import { newReference } from "../../../../src/specs/references/new-reference.ts";
import { defineReference } from "../../../../src/specs/references/reference.ts";

const ids = defineReference({ name: "Ids", schema: z.array(z.string()), ttlMs: 5, glimpse: (value) => value.length });
const other = defineReference({ name: "Ids", schema: z.array(z.number()) });

test("a value that fits is ready to be stored, with its glimpse and its time", () => {
  const made = newReference([ids], { by: "create()", spec: ids, value: ["a", "b"] });

  expect(made).toEqual({ kind: "Ids", value: ["a", "b"], glimpse: 2, ttlMs: 5 });
});

test("a value that does not fit is refused with its place", () => {
  expect(() => newReference([ids], { by: "create()", spec: ids, value: ["a", 7] })).toThrow("[1]: expected a string");
});

test("a reference that is not registered, or has another schema, is refused by who asked", () => {
  expect(() => newReference([], { by: "create()", spec: ids, value: [] })).toThrow(
    "create(): the reference must be one",
  );
  expect(() => newReference([ids], { by: "create()", spec: other, value: [] })).toThrow('(Ids), received "Ids"');
});
