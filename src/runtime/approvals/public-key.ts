import { createHash, createPublicKey, type KeyObject } from "node:crypto";

/** A key that signatures are checked with. Its text is what travels to workers on other machines. */
export interface PublicKey {
  /** `ed25519:` and the key in base64url. */
  readonly text: string;
  /** What records, logs and people call it. */
  readonly fingerprint: string;
  readonly key: KeyObject;
}

/** The public half of a key. */
export function publicKeyOf(key: KeyObject): PublicKey {
  const half = key.type === "public" ? key : createPublicKey(key);
  const { x = "" } = half.export({ format: "jwk" });
  const fingerprint = createHash("sha256").update(Buffer.from(x, "base64url")).digest("hex");
  return { text: `${PREFIX}${x}`, fingerprint: fingerprint.slice(0, FINGERPRINT_CHARS), key: half };
}

/** The key that a text stands for; null when it stands for none. */
export function parsePublicKey(text: string): PublicKey | null {
  const [, x] = /^ed25519:([A-Za-z0-9_-]{43})$/.exec(text.trim()) ?? [];
  if (x === undefined) return null;
  try {
    return publicKeyOf(createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }));
  } catch {
    return null; // right in form, and no key
  }
}

const PREFIX = "ed25519:";
/** 128 bits: nobody finds a second key with the same name. */
const FINGERPRINT_CHARS = 32;
