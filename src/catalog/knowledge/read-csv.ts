/** The rows of a CSV text after RFC 4180: quoted fields may hold separators, line ends and doubled quotes. */
export function readCsv(text: string, separator = likelySeparator(text)): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at, separator);
    row.push(field.value);
    at = field.end;
    if (text[at] === separator) {
      at++;
      continue;
    }
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
    at++;
  }
  return rows;
}

interface Field {
  readonly value: string;
  /** Where the separator, the line end or the end of the text is. */
  readonly end: number;
}

function plainField(text: string, from: number, separator: string): Field {
  let end = from;
  while (end < text.length && text[end] !== separator && text[end] !== "\n") end++;
  return { value: text.slice(from, end), end };
}

/** Text between the closing quote and the separator is no CSV; it is kept rather than lost. */
function quotedField(text: string, from: number): Field {
  const parts: string[] = [];
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return { value: parts.join("") + text.slice(at), end: text.length };
    parts.push(text.slice(at, quote));
    if (text[quote + 1] !== '"') {
      at = quote + 1;
      break;
    }
    parts.push('"');
    at = quote + 2;
  }
  let end = at;
  while (end < text.length && !/[,;\t\n]/.test(text[end] ?? "")) end++;
  return { value: parts.join("") + text.slice(at, end), end };
}

/** Spreadsheets of many countries write semicolons or tabs under the same file name. */
function likelySeparator(text: string): string {
  const firstLine = text.slice(0, text.indexOf("\n") < 0 ? text.length : text.indexOf("\n"));
  const counts = [",", ";", "\t"].map((separator) => ({ separator, count: firstLine.split(separator).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).separator;
}
