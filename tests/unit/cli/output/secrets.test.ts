import { expect, test } from "vitest";
import { secretsOf } from "../../../../src/cli/output/secrets.ts";

test("values of variables that are named like secrets count as secrets, others do not", () => {
  const env = {
    ANTHROPIC_API_KEY: "key-12345",
    GITHUB_TOKEN: "token-12345",
    DB_PASSWORD: "password-1",
    apikey: "lower-12345",
    PATH: "/usr/bin:/bin",
    MONKEY: "banana-1234",
    SHORT_KEY: "true",
    EMPTY_SECRET: undefined,
  };

  expect(secretsOf(env)).toEqual(["key-12345", "token-12345", "password-1", "lower-12345"]);
});
