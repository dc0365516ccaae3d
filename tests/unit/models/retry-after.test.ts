import { expect, test } from "vitest";
import { retryAfterMs } from "../../../src/models/retry-after.ts";

const now = Date.parse("2026-11-21T12:00:00Z");

test.each([
  [{ "retry-after": "12" }, 12_000],
  [{ "retry-after": "0.5" }, 500],
  [{ "retry-after": "Sat, 21 Nov 2026 12:00:05 GMT" }, 5000],
  [{ "retry-after": "Sat, 21 Nov 2026 11:00:00 GMT" }, 0],
  [{ "retry-after-ms": "250", "retry-after": "12" }, 250],
  [{ "retry-after-ms": "later", "retry-after": "12" }, 12_000],
  [{ "retry-after": "-5" }, undefined],
  [{ "retry-after": "1e999" }, undefined],
  [{ "retry-after": "tomorrow" }, undefined],
  [{}, undefined],
])("%j is a wait of %s ms", (headers, wait) => {
  expect(retryAfterMs(new Headers(Object.entries(headers)), now)).toBe(wait);
});
