import { nearest } from "../lib/nearest.ts";
import type { FakeReply, FakeToolCall } from "./fake-reply.ts";

const REPLY_FIELDS = {
  reasoning: true,
  text: true,
  toolCalls: true,
  stopReason: true,
  usage: true,
  error: true,
  streamError: true,
  delayMs: true,
  chunkDelayMs: true,
  chunkChars: true,
  stallBeforeHeaders: true,
  stallAfterHeaders: true,
  stallAfterChunks: true,
  cutAfterChunks: true,
  rubbish: true,
  endWithoutStop: true,
  neverEnd: true,
} satisfies Record<keyof FakeReply, true>;

const CALL_FIELDS = { name: true, args: true, argsText: true, id: true } satisfies Record<keyof FakeToolCall, true>;

/** What is mistyped in a fake reply, in words; a field that nobody reads would make the test mean something else. */
export function unknownFields(reply: FakeReply): string | undefined {
  const calls = (reply.toolCalls ?? []).flatMap((call, index) => strangers(call, CALL_FIELDS, `toolCalls[${index}].`));
  const found = [...strangers(reply, REPLY_FIELDS, ""), ...calls];
  return found.length === 0 ? undefined : `fake Messages API: a reply has ${found.join("; ")}`;
}

function strangers(value: object, known: object, path: string): readonly string[] {
  const names = Object.keys(known);
  return Object.keys(value)
    .filter((key) => !Object.hasOwn(known, key))
    .map((key) => {
      const meant = nearest(key, names);
      const expected = `expected one of ${names.join(", ")}`;
      return `the unknown field ${path}${key}: ${meant === undefined ? expected : `did you mean "${meant}"? (${expected})`}`;
    });
}
