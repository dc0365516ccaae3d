/** How many values a statement needs: `?` each one, `?3` as many as its number, and each name one wherever it stands. */
export function countParameters(sql: string): number {
  const names = new Set<string>();
  let highest = 0;
  for (const [token] of sql.matchAll(TOKENS)) {
    if (token === "?") highest++;
    else if (token.startsWith("?")) highest = Math.max(highest, Number(token.slice(1)));
    else if (/^[:@$]/.test(token)) names.add(token);
  }
  return highest + names.size;
}

/** Texts, quoted names and comments, in which nothing is a parameter, or a parameter. */
const TOKENS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)|\?\d*|[:@$][\w$]+/g;
