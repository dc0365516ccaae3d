import { nearest } from "../lib/nearest.ts";
import { redact } from "../lib/redact.ts";
import { InputError } from "../protocol/errors.ts";

/** One mistake in a descriptor. The path is spelled as the author did. */
export interface DescriptorIssue {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
  readonly hint: string;
}

/** A key that holds something else than it should. */
export function wrongKey(path: readonly PropertyKey[], expected: string, received: string): DescriptorIssue {
  return {
    path,
    problem: `must be ${expected}, received ${received}`,
    hint: `Change ${keyPath(path)} to ${expected}.`,
  };
}

/** A key that nobody reads. */
export function unknownKey(path: readonly PropertyKey[], known: readonly string[]): DescriptorIssue {
  const key = String(path.at(-1));
  const meant = nearest(key, known);
  const among = `is an unknown key: expected one of ${[...known].sort().join(", ")}, received ${JSON.stringify(key)}`;
  return meant === undefined
    ? { path, problem: among, hint: `Remove ${keyPath(path)}.` }
    : { path, problem: `${among}; did you mean "${meant}"?`, hint: `Rename ${keyPath(path)} to "${meant}".` };
}

/** One error that tells every mistake, each with the line of its key when the descriptor is a file. */
export function descriptorError(
  subject: string,
  issues: readonly DescriptorIssue[],
  lineOf: (path: readonly PropertyKey[]) => number | undefined,
): InputError {
  const told = issues.map(({ path, problem }) => {
    const line = lineOf(path);
    return `${subject}${line === undefined ? "" : `:${line}`}: ${keyPath(path)} ${problem}`;
  });
  const others = issues.length > 1 ? " Then correct the other keys named." : "";
  return new InputError("DATA_ENVIRONMENT_INVALID", told.join("\n"), { hint: `${issues[0]?.hint ?? ""}${others}` });
}

/** A short phrase for a value: its type, and its text when it is short and no credential. */
export function describeReceived(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return ["number", "boolean"].includes(typeof value) || value === null ? JSON.stringify(value) : `a ${typeof value}`;
}

/** The phrase for a URL: all but its scheme may be a credential. */
export function describeUrl(value: string): string {
  const scheme = /^[a-z][a-z0-9+.-]{0,20}:/i.exec(value)?.[0];
  return scheme === undefined ? `a string of ${value.length} characters` : `a URL that begins with ${scheme}`;
}

/** `a.b[0].c`, or a phrase for the descriptor as a whole. */
function keyPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the descriptor";
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

const SHOWN_CHARS = 60;

function quoted(text: string): string {
  if (text.includes("://")) return describeUrl(text);
  const shown = JSON.stringify(redact(text.slice(0, SHOWN_CHARS)));
  return text.length > SHOWN_CHARS ? `${shown}… (${text.length} characters)` : shown;
}
