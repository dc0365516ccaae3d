import { explain } from "./explain.ts";
import { playStory } from "./play-story.ts";
import { seed } from "./seed.ts";
import { smoke } from "./smoke.ts";

const COMMANDS: Readonly<Record<string, () => void | Promise<void>>> = { seed: () => seed(), smoke, story: playStory };
const [name = ""] = process.argv.slice(2);
const command = COMMANDS[name];

if (command === undefined) {
  console.error("Usage: npm run catalog -- seed | smoke | story");
  process.exitCode = 2;
} else {
  try {
    await command();
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}
