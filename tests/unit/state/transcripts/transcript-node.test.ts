import { expect, test } from "vitest";
import { sha256 } from "../../../../src/lib/sha256.ts";
import { stableJson } from "../../../../src/lib/stable-json.ts";
import { Message } from "../../../../src/protocol/message.ts";
import { transcriptNode } from "../../../../src/state/transcripts/transcript-node.ts";
import { userMessage } from "../../../helpers/state-records.ts";

test("the hash covers the message and the one before it", () => {
  const message = userMessage("hello");
  const root = transcriptNode(null, message);
  const next = transcriptNode(root.hash, message);

  expect(root.hash).toBe(sha256(stableJson({ parent: null, message })));
  expect(next.hash).toBe(sha256(stableJson({ parent: root.hash, message })));
  expect(transcriptNode(null, userMessage("other")).hash).not.toBe(root.hash);
});

test("the order of keys makes no difference", () => {
  const message = Message.parse({ role: "user", parts: [{ type: "text", text: "hello" }] });
  const shuffled = Message.parse(JSON.parse('{"parts":[{"text":"hello","type":"text"}],"role":"user"}'));

  expect(transcriptNode(null, shuffled).hash).toBe(transcriptNode(null, message).hash);
});
