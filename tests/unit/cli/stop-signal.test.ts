import { expect, test } from "vitest";
import { onStopSignal, untilStopped } from "../../../src/cli/stop-signal.ts";

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("the first %s asks to stop, the second ends with %i at once", async (name, code) => {
  const exits: number[] = [];
  const stop = onStopSignal((exitCode) => void exits.push(exitCode));
  try {
    expect(stop.exitCode()).toBeNull();

    process.emit(name, name);
    expect(await stop.asked).toBe(name);
    expect(stop.signal.aborted).toBe(true);
    expect(stop.exitCode()).toBe(code);
    expect(exits).toEqual([]);

    process.emit(name, name);
    expect(exits).toEqual([code]);
  } finally {
    stop.release();
  }
});

test("what was released hears nothing", () => {
  const stop = onStopSignal();
  const before = process.listenerCount("SIGTERM");

  stop.release();

  expect(process.listenerCount("SIGTERM")).toBe(before - 1);
});

test("what fails after a signal ends with the code of the signal, and gives the signals back", async () => {
  const before = process.listenerCount("SIGINT");

  const code = await untilStopped(async ({ signal }) => {
    process.emit("SIGINT", "SIGINT");
    signal.throwIfAborted();
    return 0;
  });

  expect(code).toBe(130);
  expect(process.listenerCount("SIGINT")).toBe(before);
});

test("what fails without a signal fails", async () => {
  const failing = untilStopped(() => Promise.reject(new Error("the disk is full")));

  await expect(failing).rejects.toThrow("the disk is full");
});
