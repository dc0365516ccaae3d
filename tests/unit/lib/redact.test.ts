import { expect, test } from "vitest";
import { redact } from "../../../src/lib/redact.ts";

test.each([
  ["invalid x-api-key sk-ant-api03-AbC_123-xyz!", "invalid x-api-key [redacted]!"],
  ["Authorization: Bearer abc.DEF-123", "Authorization: [redacted]"],
  ['{"authorization":"Basic dXNlcjpwdw=="}', '{"authorization":"[redacted]"}'],
  ["sent bearer abc123def", "sent bearer [redacted]"],
  ["invalid bearer token", "invalid bearer token"],
  ['{"x-api-key": "hunter2", "a": 1}', '{"x-api-key": "[redacted]", "a": 1}'],
  ["X-Api-Key=hunter2; x=1", "X-Api-Key=[redacted]; x=1"],
  ["postgres://ana:hunter2@db:5432/shop", "postgres://ana:[redacted]@db:5432/shop"],
  ["postgres://:p@ss/w0rd@db/shop and more", "postgres://:[redacted]@db/shop and more"],
  ["https://host/path?a=b", "https://host/path?a=b"],
  ["host=db password=hunter2 user=ana", "host=db password=[redacted] user=ana"],
  ["password: expected string", "password: expected string"],
])("%s", (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test("removes given secrets in every spelling they may have, longest first", () => {
  const secrets = ['p"w/ 1', "long-secret", "long-secret-longer", "", "  "];

  const text = redact('long-secret-longer, p"w/ 1, "p\\"w/ 1", p%22w%2F%201, long-secret', secrets);

  expect(text).toBe('[redacted], [redacted], "[redacted]", [redacted], [redacted]');
});

test("costs linear time on hostile text", () => {
  const hostile = "://a:".repeat(40_000) + "bearer ".repeat(40_000) + "x-api-key: ".repeat(20_000);
  const started = performance.now();

  redact(hostile);

  expect(performance.now() - started).toBeLessThan(2000);
});
