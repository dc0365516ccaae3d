import { redact } from "./redact.ts";

/**
 * A JSON value with every text in it redacted. A text is looked at together with the key that it stands under, so that one whose key
 * says that it is a credential goes as well; numbers and the shape of the value stay.
 */
export function redactJson(value: unknown, secrets: readonly string[] = []): unknown {
  if (typeof value === "string") return redact(value, secrets);
  if (Array.isArray(value)) return value.map((item: unknown) => redactJson(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [key, isCredential(key, held) ? REDACTED : redactJson(held, secrets)]),
  );
}

function isCredential(key: string, held: unknown): boolean {
  return typeof held === "string" && held !== "" && CREDENTIAL_KEY.test(key);
}

const CREDENTIAL_KEY = /(?:^|[_-])(?:api[_-]?key|authorization|password|passwd|secret|access[_-]?token)$/i;
const REDACTED = "[redacted]";
