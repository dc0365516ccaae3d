import { expect, test } from "vitest";
import { DeltaWriter } from "../../../../src/activities/turns/delta-writer.ts";
import type { EventDraft } from "../../../../src/protocol/event.ts";
import { TurnId } from "../../../../src/protocol/ids.ts";

const turn = TurnId.parse("run-1");

/** A log whose writes end when the test says so. */
function slowLog(): { writer: DeltaWriter; written: string[]; failures: unknown[]; end(error?: Error): void } {
  const written: string[] = [];
  const failures: unknown[] = [];
  let end: (error?: Error) => void = () => undefined;
  const writer = new DeltaWriter({
    draft: ({ type, text }, index): EventDraft => ({
      key: String(index),
      turn,
      agent: "boss",
      body: { type, step: 1, attempt: 1, text },
    }),
    append: (drafts) =>
      new Promise((resolve, reject) => {
        end = (error) => {
          if (error !== undefined) return reject(error);
          written.push(...drafts.map(({ body }) => ("text" in body ? body.text : "")));
          resolve();
        };
      }),
    onFailure: (error) => failures.push(error),
  });
  return { writer, written, failures, end: (error) => end(error) };
}

test("what comes while a write is under way is written together with the next one", async () => {
  const { writer, written, end } = slowLog();

  for (const text of ["a", "b", "c"]) writer.add({ type: "text", text });
  end();
  await expect.poll(() => written).toEqual(["a"]);
  end();
  await writer.flush();

  expect(written).toEqual(["a", "bc"]);
});

test("flushing fails when the last text could not be written, and settling does not", async () => {
  const { writer, written, failures, end } = slowLog();
  const full = new Error("disk full");

  writer.add({ type: "text", text: "a" });
  end(full);

  await expect(writer.flush()).rejects.toBe(full);
  await expect(writer.settled()).resolves.toBeUndefined();
  expect({ written, failures }).toEqual({ written: [], failures: [full] });
});
