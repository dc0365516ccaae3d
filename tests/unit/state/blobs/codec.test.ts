import { expect, test } from "vitest";
import { decodeBlob, encodeBlob } from "../../../../src/state/blobs/codec.ts";

const text = (size: number): Uint8Array => new TextEncoder().encode("select 1; ".repeat(size / 10));

test.each([true, false])("what compresses comes back, small and large, with zstd: %s", async (hasZstd) => {
  for (const content of [text(1000), text(500_000)]) {
    const encoded = await encodeBlob(content, hasZstd);

    expect(encoded).toMatchObject({ codec: hasZstd ? "zstd" : "gzip", size: content.byteLength });
    expect(encoded.content.byteLength).toBeLessThan(content.byteLength / 5);
    expect(Buffer.from(await decodeBlob(encoded, hasZstd)).equals(content)).toBe(true);
  }
});

test("what is short or does not compress is kept as it is", async () => {
  const random = crypto.getRandomValues(new Uint8Array(10_000));

  expect(await encodeBlob(text(100))).toMatchObject({ codec: "raw", content: text(100) });
  expect(await encodeBlob(random)).toMatchObject({ codec: "raw", content: random });
});

test.each([
  [true, false],
  [false, true],
])("written with zstd: %s, content is read where Node has zstd: %s", async (writer, reader) => {
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))).toString("hex");

  for (const content of [
    text(1000),
    text(500_000),
    Buffer.from(random),
    Buffer.from(`${random}${random} und so weiter`),
  ]) {
    const encoded = await encodeBlob(content, writer);

    expect(encoded.codec).toBe(writer ? "zstd" : "gzip");
    expect(Buffer.from(await decodeBlob(encoded, reader)).equals(content)).toBe(true);
  }
});

test.each([true, false])("damaged bytes and unknown codecs are told, with zstd: %s", async (hasZstd) => {
  const zstd = await encodeBlob(text(1000), true);
  const cut = { ...zstd, content: zstd.content.subarray(0, -5) };

  await expect(decodeBlob(cut, hasZstd)).rejects.toThrow(/unexpected/i);
  await expect(decodeBlob({ ...zstd, codec: "lzma" }, hasZstd)).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining("lzma"),
  });
});

test("a stored size that is too small stops the decompression", async () => {
  const bomb = { ...(await encodeBlob(text(500_000), true)), size: 1000 };

  await expect(decodeBlob(bomb)).rejects.toMatchObject({ code: "ERR_BUFFER_TOO_LARGE" });
});
