/** What kind of personal data a column holds by its name or by what its values look like; null when it shows no sign of it. */
export function personalDataOf(column: string, semanticType: string | null): string | null {
  const bySight = BY_SIGHT[semanticType ?? ""];
  if (bySight !== undefined) return bySight;
  const words = ` ${column
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .toLowerCase()} `;
  return BY_NAME.find(([, pattern]) => pattern.test(words))?.[0] ?? null;
}

/** Whether an address of somebody stands in any of the texts, be it in the middle of a note or a document. */
export function holdsEmail(texts: readonly string[]): boolean {
  return texts.some((text) => /[^\s@]@[^\s@]{1,190}\.[a-z]{2,24}/i.test(text));
}

const BY_SIGHT: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  email: "email",
  phone: "phone",
  iban: "bank-account",
  ipv4: "ip-address",
});

const BY_NAME: readonly (readonly [string, RegExp])[] = [
  ["email", / e ?mail /],
  ["phone", / (?:phone|telephone|tel|mobile|fax|cell|msisdn)(?: |number |no )/],
  ["person-name", / (?:first|last|middle|full|given|family|maiden|sur|user|nick|[fl]) ?name | surname | forename /],
  ["address", / (?:street|address|addr|address ?line|zip|zip ?code|postal ?code|post ?code|postcode)(?: ?\d)? /],
  ["birth-date", / (?:birth ?date|date of birth|birth ?day|dob|born) /],
  ["national-id", / (?:ssn|social security|passport|national id|tax id|tin|nino|personnummer|driver licen[sc]e) /],
  ["bank-account", / (?:iban|bic|account number|bank account|routing number) /],
  ["payment-card", / (?:credit card|card number|cc ?number|cvv|cvc) /],
  ["credential", / (?:password|passwd|pwd|secret|api ?key|access token|token|password hash|salt) /],
  ["health", / (?:diagnosis|disease|medication|blood type) /],
  ["ip-address", / (?:ip|ip ?addr|ip address) /],
  ["pay", / (?:salary|wage) /],
];
