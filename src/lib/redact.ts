/**
 * Text with everything that looks like a credential taken out: provider keys, bearer tokens, key headers, passwords in URLs,
 * and each of `secrets` exactly, also where it was JSON- or URL-encoded. Redact before cutting, or half a secret may stay.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const withoutSecrets = spellings(secrets).reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), withoutSecrets);
}

const REDACTED = "[redacted]";

/** Longest first, so that a secret that contains another one goes as a whole. */
function spellings(secrets: readonly string[]): readonly string[] {
  const given = secrets.flatMap((secret) => [secret, secret.trim()]).filter((secret) => secret.trim() !== "");
  const all = given.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
  ]);
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

/** Every repetition is bounded or unambiguous, so that hostile text costs linear time. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\bsk-[A-Za-z0-9_-]{8,}/g, REDACTED],
  [
    /((?:x-api-key|authorization)["']?\s{0,4}[:=][["'\s]{0,8})(?:(?:basic|bearer)\s{1,4})?[^\s"',;}\]]+/gi,
    `$1${REDACTED}`,
  ],
  [/\b(bearer\s{1,4})(?!tokens?\b|auth)[A-Za-z0-9._~+/=-]+/gi, `$1${REDACTED}`],
  [/(:\/\/[^\s/:@]{0,256}:)[^\s]{1,512}@/g, `$1${REDACTED}@`],
  [/\b((?:password|passwd|api_key|apikey|access_token)=)[^\s&"';]+/gi, `$1${REDACTED}`],
];
