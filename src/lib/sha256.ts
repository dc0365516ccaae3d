/** SHA-256 of a UTF-8 text as lower-case hex, in plain arithmetic so that it also runs where no crypto module exists. */
export function sha256(text: string): string {
  const state = Uint32Array.from(INITIAL_STATE);
  const blocks = padded(new TextEncoder().encode(text));
  for (let offset = 0; offset < blocks.byteLength; offset += 64)
    compress(state, new DataView(blocks.buffer, offset, 64));
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

function padded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Math.ceil((bytes.byteLength + 9) / 64) * 64;
  const result = new Uint8Array(length);
  result.set(bytes);
  result[bytes.byteLength] = 0x80;
  new DataView(result.buffer).setBigUint64(length - 8, BigInt(bytes.byteLength) * 8n);
  return result;
}

function compress(state: Uint32Array, block: DataView): void {
  const schedule = messageSchedule(block);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let round = 0; round < 64; round++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + word(ROUND_CONSTANTS, round) + word(schedule, round)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, index) => (state[index] = word(state, index) + value));
}

function messageSchedule(block: DataView): Uint32Array {
  const w = new Uint32Array(64);
  for (let index = 0; index < 16; index++) w[index] = block.getUint32(index * 4);
  for (let index = 16; index < 64; index++) {
    const w15 = word(w, index - 15);
    const w2 = word(w, index - 2);
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    w[index] = word(w, index - 16) + s0 + word(w, index - 7) + s1;
  }
  return w;
}

function rotate(value: number, count: number): number {
  return (value >>> count) | (value << (32 - count));
}

function word(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

/** Fractional parts of the square roots of the first 8 primes and of the cube roots of the first 64, as the standard defines. */
const PRIMES = firstPrimes(64);
const INITIAL_STATE = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND_CONSTANTS = Uint32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));

function fraction(value: number): number {
  return ((value - Math.floor(value)) * 2 ** 32) >>> 0;
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}
