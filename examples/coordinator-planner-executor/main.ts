import { BridleError } from "bridle";
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
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof BridleError && error.hint !== undefined) console.error(`fix: ${error.hint}`);
    process.exitCode = 1;
  }
}
