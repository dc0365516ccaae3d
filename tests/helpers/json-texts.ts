/** Every JSON value of a text in which each begins on a line of its own, however many lines it has. */
export function jsonTexts(text: string): readonly unknown[] {
  const values: unknown[] = [];
  let pending = "";
  for (const line of text.split("\n")) {
    pending = pending === "" ? line : `${pending}\n${line}`;
    const value = parsed(pending);
    if (value === undefined) continue;
    values.push(value);
    pending = "";
  }
  if (pending.trim() !== "") throw new Error(`this is no JSON: ${pending}`);
  return values;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // it goes on in the next line
  }
}
