import { expect, test } from "vitest";
import { redactJson } from "../../../src/lib/redact-json.ts";

test("texts at any depth lose what looks like a credential, and everything else stays as it is", () => {
  const value = {
    ids: ["p-1", "sk-abcdefghij"],
    count: 2,
    none: null,
    nested: [{ note: "Bearer abc.def", url: "postgres://u:pw@host/db", ok: true }],
  };

  expect(redactJson(value)).toEqual({
    ids: ["p-1", "[redacted]"],
    count: 2,
    none: null,
    nested: [{ note: "Bearer [redacted]", url: "postgres://u:[redacted]@host/db", ok: true }],
  });
});

test("a text whose key says that it is a credential goes whole, and so does a known secret", () => {
  expect(
    redactJson({ password: "hunter2", db_api_key: "k", passwords: 3, apiKey: null, note: "a s3cret-value b" }, [
      "s3cret-value",
    ]),
  ).toEqual({
    password: "[redacted]",
    db_api_key: "[redacted]",
    passwords: 3,
    apiKey: null,
    note: "a [redacted] b",
  });
});
