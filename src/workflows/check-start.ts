import { PAYLOAD_CHARS } from "../protocol/limits/turn.ts";
import type { TurnInput } from "../protocol/turn.ts";
import { turnFailure } from "./end-turn.ts";

/**
 * Refuses a start that no activity could make sense of, before anything is scheduled: a person may have typed it, and an ordinary
 * error here would be retried for ever. Everything else is parsed by the first step.
 */
export function checkStart(input: TurnInput): void {
  for (const field of ["app", "threadId"] as const) requireText(input, field);
  const { prompt = "" } = input;
  if (typeof prompt !== "string") throw wrongStart("`prompt` must be text", prompt);
  if (prompt.length <= PAYLOAD_CHARS) return;
  throw turnFailure({
    code: "PROMPT_TOO_LARGE",
    message: `A prompt in the start input may have ${PAYLOAD_CHARS} characters; received ${prompt.length}.`,
    hint: "Start the run through the runtime, the command line or the HTTP API; they store the prompt first.",
  });
}

function requireText(input: unknown, field: string): void {
  const isObject = typeof input === "object" && input !== null;
  if (!isObject) throw wrongStart("its argument must be an object", input);
  const value: unknown = Reflect.get(input, field);
  if (typeof value !== "string" || value === "") throw wrongStart(`\`${field}\` must be non-blank text`, value);
}

function wrongStart(expected: string, received: unknown): Error {
  return turnFailure({
    code: "INPUT_INVALID",
    message: `agentTurn was started with a wrong input: ${expected}, received ${received === null ? "null" : typeof received}.`,
    hint: 'Start it with one argument: {"app": "...", "threadId": "...", "prompt": "..."}.',
  });
}
