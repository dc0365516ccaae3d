import { expect, test } from "vitest";
import * as z from "zod";
import { taggedUnion } from "../../../../src/specs/schemas/tagged-union.ts";

const hold = z.object({ kind: z.literal("hold"), units: z.number() });
const move = z.object({ kind: z.literal("move"), to: z.string() });

const WRONG: readonly (readonly [message: string, variants: readonly unknown[]])[] = [
  ["variants must be at least one zod object with a literal kind, received none", []],
  ["variants[1] must be a zod object, received z.string()", [hold, z.string()]],
  ["variants[0] must be a zod object, received an object", [{ kind: "hold" }]],
  [
    'variants[0].kind must be a literal string, as in z.literal("hold"), received undefined',
    [z.object({ to: z.string() })],
  ],
  ["variants[0].kind must be a literal string", [z.object({ kind: z.string() })]],
  ["variants[0].kind must be a literal string", [z.object({ kind: z.literal(1) })]],
  ["variants[0].kind must be a literal string", [z.object({ kind: z.literal("") })]],
  ["variants[0].kind must be a literal string", [z.object({ kind: z.literal("a").optional() })]],
  ['variants[2].kind must be another literal than variants[0].kind has, received "hold"', [hold, move, hold]],
];

test.each(WRONG)("taggedUnion(): %s", (message, variants) => {
  expect(() => Reflect.apply(taggedUnion, undefined, variants)).toThrow(`taggedUnion(): ${message}`);
});

test("a union takes what one of its variants does", () => {
  const union = taggedUnion(hold, move);

  expect(union.parse({ kind: "move", to: "x" })).toEqual({ kind: "move", to: "x" });
  expect(union.safeParse({ kind: "hold", to: "x" }).error?.issues).toMatchObject([{ path: ["units"] }]);
  expect(union.safeParse({ kind: "other" }).success).toBe(false);
});
