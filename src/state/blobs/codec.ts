import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { decompress as inflateZstd } from "fzstd";
import { StateError } from "../../protocol/errors.ts";

/** A blob as it is stored. */
export interface EncodedBlob {
  readonly codec: string;
  readonly content: Uint8Array;
  /** Length of the content before it was compressed. */
  readonly size: number;
}

/** Compresses content when that pays: with zstd where this Node has it, with gzip otherwise; every Node reads both. */
export async function encodeBlob(content: Uint8Array, hasZstd = nodeHasZstd()): Promise<EncodedBlob> {
  const size = content.byteLength;
  if (size < MIN_COMPRESSED_BYTES) return { codec: "raw", content, size };
  const codec = hasZstd ? "zstd" : "gzip";
  const compressed = await compress(codec, content);
  if (compressed.byteLength > size * WORTH_RATIO) return { codec: "raw", content, size };
  return { codec, content: compressed, size };
}

/** The content of a stored blob. Fails when its codec is unknown here or its bytes are damaged. */
export async function decodeBlob(blob: EncodedBlob, hasZstd = nodeHasZstd()): Promise<Uint8Array> {
  if (blob.codec === "raw") return blob.content;
  const isLarge = blob.size > SYNC_BYTES;
  const options = { maxOutputLength: Math.max(blob.size, 1) };
  if (blob.codec === "gzip")
    return isLarge ? await gunzip(blob.content, options) : zlib.gunzipSync(blob.content, options);
  if (blob.codec === "zstd") {
    // A Node of ours may be older than the one that wrote this; written that way, a size that is wrong cuts and never grows.
    if (!hasZstd) return inflateZstd(blob.content, new Uint8Array(blob.size));
    return isLarge
      ? await promisify(zlib.zstdDecompress)(blob.content, options)
      : zlib.zstdDecompressSync(blob.content, options);
  }
  throw new StateError(
    "STORE_UNAVAILABLE",
    `a stored value is compressed with ${blob.codec}, which this version of bridle cannot read`,
    { hint: "run the version of bridle that wrote this store, or a newer one" },
  );
}

/** Below this, compressing costs more than it saves. */
const MIN_COMPRESSED_BYTES = 512;
const WORTH_RATIO = 0.9;
/** Above this, compression leaves the event loop and runs in Node's thread pool. */
const SYNC_BYTES = 64 * 1024;

const gzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gzip);
const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip);

function nodeHasZstd(): boolean {
  return typeof zlib.zstdCompressSync === "function";
}

async function compress(codec: "zstd" | "gzip", content: Uint8Array): Promise<Uint8Array> {
  const isLarge = content.byteLength > SYNC_BYTES;
  if (codec === "gzip") return isLarge ? await gzip(content, {}) : zlib.gzipSync(content);
  return isLarge ? await promisify(zlib.zstdCompress)(content) : zlib.zstdCompressSync(content);
}
