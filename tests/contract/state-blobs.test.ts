import { describe, expect, test } from "vitest";
import { ContentHash } from "../../src/protocol/ids.ts";
import { ACME } from "../helpers/state-records.ts";
import { openStore, stateStores } from "./state-store.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const DAY_MS = 24 * 60 * 60 * 1000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

describe.each(stateStores)("blobs in $name", (adapter) => {
  test.each([
    ["nothing", new Uint8Array()],
    ["a small text", bytes("hello")],
    ["a text that compresses", bytes("select * from orders; ".repeat(200))],
    ["a large text", bytes("select * from orders; ".repeat(50_000))],
    ["random bytes", crypto.getRandomValues(new Uint8Array(5000))],
  ])("%s comes back as it was", async (_name, content) => {
    const { blobs } = (await openStore(adapter.newUrl())).in(ACME);

    const hash = await blobs.put(content);

    expect(await blobs.get(hash)).toEqual(content);
    expect(await blobs.has(hash)).toBe(true);
  });

  test("the same content is stored once, under the SHA-256 of its raw bytes", async () => {
    const { blobs } = (await openStore(adapter.newUrl())).in(ACME);

    const first = await blobs.put(bytes("hello"));
    const second = await blobs.put(bytes("hello"));

    expect(first).toBe("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    expect(second).toBe(first);
  });

  test("many may write the same content at once", async () => {
    const { blobs } = (await openStore(adapter.newUrl())).in(ACME);

    const hashes = await Promise.all(Array.from({ length: 20 }, () => blobs.put(bytes("same".repeat(500)))));

    expect(new Set(hashes).size).toBe(1);
  });

  test("what was never stored is missing, with a hint", async () => {
    const { blobs } = (await openStore(adapter.newUrl())).in(ACME);
    const unknown = ContentHash.parse("0".repeat(64));

    expect(await blobs.has(unknown)).toBe(false);
    await expect(blobs.get(unknown)).rejects.toMatchObject({ code: "BLOB_MISSING", hint: expect.any(String) });
    await expect(blobs.pin(unknown, "plan_1")).rejects.toMatchObject({ code: "BLOB_MISSING" });
  });

  test("an expired blob is missing before and after it is collected", async () => {
    const store = await openStore(adapter.newUrl());
    const { blobs } = store.in(ACME);
    const hash = await blobs.put(bytes("short-lived"), { ttlMs: -1 });

    await expect(blobs.get(hash)).rejects.toMatchObject({ code: "BLOB_MISSING" });
    expect(await store.collect(new Date())).toBe(1);
    expect(await blobs.has(hash)).toBe(false);
  });

  test("putting again keeps the later expiry", async () => {
    const store = await openStore(adapter.newUrl());
    const { blobs } = store.in(ACME);
    await blobs.put(bytes("a"), { ttlMs: DAY_MS });
    const longer = await blobs.put(bytes("a"), { ttlMs: 3 * DAY_MS });
    await blobs.put(bytes("a"), { ttlMs: 2 * DAY_MS });
    await blobs.put(bytes("b"), { ttlMs: DAY_MS });
    const forever = await blobs.put(bytes("b"));
    await blobs.put(bytes("b"), { ttlMs: DAY_MS });

    expect(await store.collect(inDays(2.5))).toBe(0);
    expect(await store.collect(inDays(4))).toBe(1);
    expect(await blobs.has(longer)).toBe(false);
    expect(await blobs.has(forever)).toBe(true);
  });

  test("a pinned blob stays readable after its expiry until the last holder lets go", async () => {
    const store = await openStore(adapter.newUrl());
    const { blobs } = store.in(ACME);
    const hash = await blobs.put(bytes("pinned"), { ttlMs: DAY_MS });
    await blobs.pin(hash, "plan_1");
    await blobs.pin(hash, "plan_1");
    await blobs.pin(hash, "plan_2");

    await blobs.unpin(hash, "plan_1");
    expect(await store.collect(inDays(2))).toBe(0);
    await blobs.unpin(hash, "plan_2");
    await blobs.unpin(hash, "plan_2");
    expect(await store.collect(inDays(2))).toBe(1);
  });

  test("a blob that expired while it is pinned can still be read", async () => {
    const url = adapter.newUrl();
    const { blobs } = (await openStore(url)).in(ACME);
    const hash = await blobs.put(bytes("pinned"), { ttlMs: DAY_MS });
    await blobs.pin(hash, "plan_1");
    await adapter.execute(url, "update blobs set expires_at = '2020-01-01T00:00:00.000Z'");

    expect(await blobs.get(hash)).toEqual(bytes("pinned"));
  });

  test("collecting removes more than one batch and only what expired", async () => {
    const store = await openStore(adapter.newUrl());
    const { blobs } = store.in(ACME);
    const kept = await blobs.put(bytes("kept"), { ttlMs: 10 * DAY_MS });
    for (let index = 0; index < 450; index++) await blobs.put(bytes(`old ${index}`), { ttlMs: DAY_MS });

    expect(await store.collect(inDays(2))).toBe(450);
    expect(await store.collect(inDays(2))).toBe(0);
    expect(await blobs.has(kept)).toBe(true);
  });

  test("content that no longer has its hash is corrupt, not returned", async () => {
    const url = adapter.newUrl();
    const { blobs } = (await openStore(url)).in(ACME);
    const hash = await blobs.put(bytes("the right content"));
    const other = await blobs.put(bytes("the wrong content"));

    const content = `(select content from blobs where hash = '${other}')`;
    await adapter.execute(url, `update blobs set content = ${content} where hash = '${hash}'`);

    await expect(blobs.get(hash)).rejects.toMatchObject({ code: "BLOB_CORRUPT" });
  });

  test("damaged compressed content is corrupt too", async () => {
    const url = adapter.newUrl();
    const { blobs } = (await openStore(url)).in(ACME);
    const hash = await blobs.put(bytes("compress me ".repeat(500)));
    const other = await blobs.put(bytes("not compressed"));

    const content = `(select content from blobs where hash = '${other}')`;
    await adapter.execute(url, `update blobs set content = ${content} where hash = '${hash}'`);

    await expect(blobs.get(hash)).rejects.toMatchObject({ code: "BLOB_CORRUPT" });
  });
});
