import { expect, test } from "vitest";
import { type EffectSource, effectsOf } from "../../../../src/cli/crashtest/effect-source.ts";

function command(script: string): EffectSource {
  return { from: `"${process.execPath}" -e '${script}'`, folder: process.cwd(), env: process.env };
}

test("a command that learns the plan prints one entry for each effect", async () => {
  const counts = await effectsOf(command("console.log(JSON.stringify([process.env.BRIDLE_PLAN_ID, 0, 0]))"), "p1");

  expect(Object.fromEntries(counts)).toEqual({ p1: 1, 0: 2 });
});

test("a command may print counts", async () => {
  expect(Object.fromEntries(await effectsOf(command('console.log("{\\"0\\": 2}")'), "p1"))).toEqual({ 0: 2 });
});

test.each([
  ["console.log(3)", /expected an object of counts or a list/],
  ['console.error("no table"); process.exit(2)', /ended with exit code 2: no table/],
])("%s is told", async (script, message) => {
  await expect(effectsOf(command(script), "p1")).rejects.toThrow(message);
});
