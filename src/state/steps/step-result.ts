import { Json } from "../../protocol/json.ts";
import type { StepAttempt } from "../port.ts";
import { parseStoredJson } from "../stored-json.ts";

/** The recorded result of a step. */
export function storedStepResult(text: string, attempt: StepAttempt): Json {
  return parseStoredJson(Json, text, `result of step ${attempt.step} of turn ${attempt.turn}`);
}
