import { Hono } from "hono";
import { expect, test } from "vitest";
import { InputError, InternalError, StateError } from "../../../../src/protocol/errors.ts";
import { errorResponse } from "../../../../src/studio/server/error-response.ts";
import type { ServerEnv } from "../../../../src/studio/server/server-env.ts";

async function answerTo(error: Error): Promise<{ status: number; body: unknown; heard: readonly unknown[] }> {
  const heard: unknown[] = [];
  const app = new Hono<ServerEnv>();
  app.onError(errorResponse({ secrets: ["the-token"], onError: (failure) => heard.push(failure) }));
  app.get("/", () => {
    throw error;
  });
  const response = await app.request("/");
  return { status: response.status, body: await response.json(), heard };
}

test("an error of ours keeps its code, message and hint", async () => {
  const { status, body, heard } = await answerTo(new StateError("THREAD_BUSY", "busy", { hint: "wait" }));

  expect(status).toBe(409);
  expect(body).toEqual({ schemaVersion: 1, error: { code: "THREAD_BUSY", message: "busy", hint: "wait" } });
  expect(heard).toEqual([]);
});

test.each([new Error("secret path /home/x"), new InternalError("secret path /home/x")])(
  "a defect tells the caller nothing and the operator everything",
  async (error) => {
    const { status, body, heard } = await answerTo(error);

    expect(status).toBe(500);
    expect(body).toMatchObject({ error: { code: "INTERNAL" } });
    expect(JSON.stringify(body)).not.toContain("secret path");
    expect(heard).toEqual([error]);
  },
);

test("secrets do not leave in an error", async () => {
  const { body } = await answerTo(
    new InputError("INPUT_INVALID", "got the-token", { hint: "postgres://u:pw@h/db and the-token" }),
  );

  expect(body).toMatchObject({
    error: { message: "got [redacted]", hint: "postgres://u:[redacted]@h/db and [redacted]" },
  });
});

test("an error is cut to a bounded length", async () => {
  const { body } = await answerTo(new InputError("INPUT_INVALID", "x".repeat(100_000)));

  expect(JSON.stringify(body).length).toBeLessThan(9_000);
});
