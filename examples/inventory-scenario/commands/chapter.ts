import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Runtime } from "bridle";
import * as z from "zod";
import type { ScenarioFolder } from "../scenario-folder.ts";
import { LIVE_PROMPT, storyScript } from "../story.ts";

/** The run that the story is in, so that a second start goes on with it. */
const Chapter = z.strictObject({ runId: z.string(), startedAt: z.string(), live: z.boolean() });
export type Chapter = z.infer<typeof Chapter>;

/** Goes on with a story that is still open, or begins one. */
export async function openChapter(runtime: Runtime, folder: ScenarioFolder, live: boolean): Promise<Chapter> {
  const earlier = readChapter(folder.story);
  if (earlier?.live === live) {
    const run = await runtime.runs.get(earlier.runId).catch(() => null);
    if (run !== null && run.status === "running") {
      console.log(`Going on with the story of ${earlier.startedAt}.\n`);
      return earlier;
    }
  }
  const startedAt = new Date().toISOString();
  const name = startedAt.replace(/\D/gu, "").slice(0, 14);
  const chapter = { runId: `run_story-${name}`, startedAt, live };
  writeFileSync(`${folder.story}.unfinished`, JSON.stringify(chapter));
  renameSync(`${folder.story}.unfinished`, folder.story);
  const prompt = live ? LIVE_PROMPT : storyScript(`plan-online-cover-${name}`);
  await runtime.query(prompt, { runId: chapter.runId }).started;
  return chapter;
}

function readChapter(path: string): Chapter | null {
  if (!existsSync(path)) return null;
  const parsed = Chapter.safeParse(JSON.parse(readFileSync(path, "utf8")));
  return parsed.success ? parsed.data : null;
}
