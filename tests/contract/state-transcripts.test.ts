import { describe, expect, test } from "vitest";
import { INLINE_MESSAGE_BYTES } from "../../src/protocol/limits/store.ts";
import { transcriptNode } from "../../src/state/transcripts/transcript-node.ts";
import { ACME, conversation, toolMessage, userMessage } from "../helpers/state-records.ts";
import { openStore, stateStores } from "./state-store.ts";

describe.each(stateStores)("transcripts in $name", (adapter) => {
  test("500 messages come back oldest first, from the store and from memory", async () => {
    const url = adapter.newUrl();
    const nodes = conversation(500);
    const head = nodes[499]?.hash ?? expect.fail("no head");
    const { transcripts } = (await openStore(url)).in(ACME);
    await transcripts.append(nodes);

    const other = (await openStore(url)).in(ACME).transcripts;

    expect(await other.load(head)).toEqual(nodes);
    expect(await other.load(head)).toEqual(nodes);
    expect(await transcripts.load(head)).toEqual(nodes);
  });

  test("a conversation that is partly in memory is completed from the store", async () => {
    const url = adapter.newUrl();
    const nodes = conversation(10);
    await (await openStore(url)).in(ACME).transcripts.append(nodes.slice(0, 6));
    const { transcripts } = (await openStore(url)).in(ACME);
    await transcripts.append(nodes.slice(6));

    expect(await transcripts.load(nodes[9]?.hash ?? expect.fail())).toEqual(nodes);
  });

  test("a fork shares what came before and has its own end", async () => {
    const url = adapter.newUrl();
    const { transcripts } = (await openStore(url)).in(ACME);
    const shared = conversation(3);
    const left = transcriptNode(shared[2]?.hash ?? null, userMessage("left"));
    const right = transcriptNode(shared[2]?.hash ?? null, userMessage("right"));
    await transcripts.append([...shared, left, right]);

    const other = (await openStore(url)).in(ACME).transcripts;

    expect(await other.load(left.hash)).toEqual([...shared, left]);
    expect(await other.load(right.hash)).toEqual([...shared, right]);
  });

  test("messages around the inline limit and of a megabyte come back whole", async () => {
    const url = adapter.newUrl();
    const sizes = [INLINE_MESSAGE_BYTES - 200, INLINE_MESSAGE_BYTES + 200, 1024 * 1024];
    const odd = "null \0, a lone \ud800, an emoji 😀";
    const nodes = sizes.map((size, index) => transcriptNode(null, toolMessage(`${odd} ${index}`.padEnd(size, "x"))));
    await (await openStore(url)).in(ACME).transcripts.append(nodes);

    const { transcripts } = (await openStore(url)).in(ACME);

    for (const node of nodes) expect(await transcripts.load(node.hash)).toEqual([node]);
  });

  test("appending again changes nothing, whoever does it", async () => {
    const url = adapter.newUrl();
    const nodes = conversation(20);
    const [first, second] = [await openStore(url), await openStore(url)];

    await Promise.all([first.in(ACME).transcripts.append(nodes), second.in(ACME).transcripts.append(nodes)]);
    await first.in(ACME).transcripts.append(nodes);

    const loaded = await (await openStore(url)).in(ACME).transcripts.load(nodes[19]?.hash ?? expect.fail());
    expect(loaded).toEqual(nodes);
  });

  test("an unknown head and a broken chain are named, not shortened", async () => {
    const url = adapter.newUrl();
    const nodes = conversation(5);
    const head = nodes[4]?.hash ?? expect.fail();
    await (await openStore(url)).in(ACME).transcripts.append(nodes.slice(2));
    const { transcripts } = (await openStore(url)).in(ACME);

    await expect(transcripts.load(head)).rejects.toMatchObject({
      code: "BLOB_MISSING",
      message: expect.stringContaining(nodes[1]?.hash ?? expect.fail()),
    });
    await expect(transcripts.load(nodes[0]?.hash ?? expect.fail())).rejects.toMatchObject({ code: "BLOB_MISSING" });
  });
});
