/**
 * How long a response asks us to wait: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date. Undefined when it
 * does not say or says something unreadable; a date in the past is no wait.
 */
export function retryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const exact = waitOf(headers?.get("retry-after-ms"), 1);
  if (exact !== undefined) return exact;
  const header = headers?.get("retry-after");
  return waitOf(header, 1000) ?? untilDate(header, nowMs);
}

function waitOf(text: string | null | undefined, unitMs: number): number | undefined {
  if (text == null || text.trim() === "") return undefined;
  const wait = Math.ceil(Number(text) * unitMs);
  return Number.isSafeInteger(wait) && wait >= 0 ? wait : undefined;
}

function untilDate(text: string | null | undefined, nowMs: number): number | undefined {
  // Date.parse reads a bare number as a year; a date of HTTP begins with the name of a day.
  if (text == null || !/^[a-z]/i.test(text.trim())) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
