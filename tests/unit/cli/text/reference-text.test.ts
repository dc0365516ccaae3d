import { expect, test } from "vitest";
import { isCut, referenceText } from "../../../../src/cli/text/reference-text.ts";
import { ContentHash } from "../../../../src/protocol/ids.ts";
import { PlanId } from "../../../../src/protocol/plan.ts";
import type { ReferenceDetail } from "../../../../src/runtime/read-reference.ts";
import { hashOf } from "../../../helpers/plan-records.ts";

const contentHash = ContentHash.parse(hashOf("a"));
const at = "2026-01-01T00:00:00.000Z";
const detail: ReferenceDetail = {
  kind: "ProductSet",
  id: "ref_1",
  contentHash,
  glimpse: { count: 2 },
  bytes: 12345,
  createdAt: at,
  expiresAt: null,
  heldBy: [PlanId.parse("p1")],
  value: ["a", "b\u001b[2J"],
  start: null,
  problem: null,
};

test("it says what is known of a reference and shows its value, none of which moves the cursor", () => {
  expect(referenceText(detail).split("\n")).toEqual([
    "reference  ProductSet ref_1",
    "size       12,345 bytes of JSON",
    `content    ${contentHash}`,
    `created    ${at}`,
    "expires    never",
    "held by    p1",
    'glimpse    {"count":2}',
    "",
    "value",
    "[",
    '  "a",',
    '  "b\\u001b[2J"',
    "]",
  ]);
  expect(isCut(detail)).toBe(false);
});

test("a large value is cut, and one that cannot be read says why", () => {
  const large = { ...detail, value: Array.from({ length: 10_000 }, (_, index) => `product ${index}`) };
  const gone = { ...detail, value: null, problem: { code: "REFERENCE_EXPIRED", message: "it has expired" } } as const;

  expect(referenceText(large)).toMatch(/ … \[cut: 65536 of \d+ bytes shown\]$/);
  expect([isCut(large), isCut({ ...detail, value: null, start: '["a' }), isCut(gone)]).toEqual([true, true, false]);
  expect(referenceText(gone)).toContain("value cannot be read: REFERENCE_EXPIRED it has expired");
});
