import { parseDuration } from "../../lib/duration.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { NAME_EXPECTED } from "../../protocol/ids.ts";
import type { Setting } from "./setting.ts";

/** A setting that takes any text that is not blank. */
export function text(flags: string, description: string, env?: string): Setting<string> {
  return { flags, description, expected: "a text that is not blank", parse: notBlank, ...withoutUndefined({ env }) };
}

/** A setting that takes the path of a file or folder. */
export function path(flags: string, description: string, env?: string): Setting<string> {
  return { flags, description, expected: "a path", parse: notBlank, ...withoutUndefined({ env }) };
}

/** A setting that takes several texts with commas between them. */
export function list(flags: string, description: string, env: string): Setting<readonly string[]> {
  const parse = (value: string): readonly string[] | undefined => {
    const items = itemsOf(value);
    return items.includes("") ? undefined : items;
  };
  return { flags, description, env, expected: "a list separated by commas", parse };
}

/** A setting that takes a time such as `5s`, in milliseconds. */
export function duration(flags: string, description: string, env?: string): Setting<number> {
  const parse = (value: string): number | undefined => {
    const ms = parseDuration(value);
    return ms === 0 ? undefined : ms;
  };
  const expected = "a duration such as 500ms, 5s or 2m";
  return { flags, description, expected, parse, ...withoutUndefined({ env }) };
}

/** A setting that takes a whole number of a range, both ends included. */
export function wholeNumber(
  flags: string,
  description: string,
  [min, max]: readonly [min: number, max: number],
): Setting<number> {
  const parse = (value: string): number | undefined => {
    const number = /^\d{1,16}$/.test(value) ? Number(value) : undefined;
    return number !== undefined && number >= min && number <= max ? number : undefined;
  };
  return { flags, description, expected: `a whole number from ${min} to ${max}`, parse };
}

/** A setting that takes one of a few words, which its description lists. */
export function oneOf<const Choice extends string>(
  flags: string,
  choices: readonly Choice[],
  description: string,
): Setting<Choice> {
  const listed = choices.join(", ");
  const parse = (value: string): Choice | undefined => choices.find((choice) => choice === value);
  return { flags, description: `${description}: ${listed}`, expected: `one of ${listed}`, parse };
}

/** A setting that takes an id of our alphabet, branded by its schema. */
export function id<Id>(
  flags: string,
  schema: { safeParse(value: unknown): { data?: Id } },
  description: string,
): Setting<Id> {
  return { flags, description, expected: NAME_EXPECTED, parse: (value) => schema.safeParse(value).data };
}

/** A setting that takes places in a list, counted from 0. */
export function places(flags: string, description: string): Setting<readonly number[]> {
  const parse = (value: string): readonly number[] | undefined => {
    const items = itemsOf(value);
    return items.every((item) => /^\d{1,6}$/.test(item)) ? items.map(Number) : undefined;
  };
  return { flags, description, expected: "whole numbers separated by commas", parse };
}

function notBlank(value: string): string | undefined {
  return value.trim() === "" ? undefined : value;
}

function itemsOf(value: string): readonly string[] {
  return value.split(",").map((item) => item.trim());
}
