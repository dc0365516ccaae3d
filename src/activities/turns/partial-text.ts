import type { RunEvent } from "../../protocol/event.ts";
import type { FoundPlace } from "../find-turn.ts";

/** What a turn had already said in its last step when it was stopped: the text that readers saw and no retry took back. */
export async function partialText(place: FoundPlace, step: number): Promise<string> {
  let text = "";
  let after = 0;
  for (;;) {
    const events = await place.store.log.read(place.runId, after);
    const last = events.at(-1);
    if (last === undefined) return text;
    text = events.filter((event) => event.turn === place.turn).reduce((said, event) => hear(said, event, step), text);
    after = last.seq;
  }
}

function hear(said: string, event: RunEvent, step: number): string {
  if (event.type === "text" && event.step === step) return said + event.text;
  if (event.type === "step-retry" && event.step === step) return "";
  return said;
}
