import { styleText } from "node:util";
import type { Environment } from "../../environment.ts";

/** Marks text for people; without colours it returns the text as it is. */
export type Style = (format: "bold" | "dim" | "red" | "green" | "yellow" | "cyan", text: string) => string;

/** What decides whether a stream gets colours. */
export interface ColorQuestion {
  readonly env: Environment;
  readonly isTerminal: boolean;
  /** False when `--no-color` was given. */
  readonly wanted: boolean;
}

/** The flag first, then NO_COLOR, FORCE_COLOR, what kind of terminal it is. */
export function styleFor(question: ColorQuestion): Style {
  const isOn = hasColor(question);
  return (format, text) => (isOn ? styleText(format, text, { validateStream: false }) : text);
}

function hasColor({ env, isTerminal, wanted }: ColorQuestion): boolean {
  if (!wanted || isSet(env["NO_COLOR"])) return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTerminal && env["TERM"] !== "dumb" && !isSet(env["CI"]);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
