import { expect, test } from "vitest";
import { sharedRun } from "../../../../src/catalog/search/shared-run.ts";

test("who asks while it runs shares the next run, and runs never overlap", async () => {
  const state = { value: 0, seen: [] as number[], running: 0, most: 0 };
  const ask = sharedRun(async () => {
    state.most = Math.max(state.most, ++state.running);
    state.seen.push(state.value);
    await Promise.resolve();
    state.running--;
  });

  const all = [];
  for (let value = 1; value <= 5; value++) {
    state.value = value;
    all.push(ask());
  }
  await Promise.all(all);
  await ask();

  expect(state).toMatchObject({ seen: [1, 5, 5], most: 1, running: 0 });
});

test("a run that fails fails for those who share it, and the next one runs", async () => {
  let runs = 0;
  const ask = sharedRun(() => (runs++ === 0 ? Promise.reject(new Error("first")) : Promise.resolve()));

  const [first, second, third] = await Promise.allSettled([ask(), ask(), ask()]);

  expect([first?.status, second?.status, third?.status]).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(runs).toBe(2);
});
