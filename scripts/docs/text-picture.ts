const FONT_SIZE = 13;
const CHAR_WIDTH = 7.83;
const LINE_HEIGHT = 19;
const MARGIN = 18;
const COLUMNS = 114;

/** Lines of a terminal as an SVG. Lines that are too long are cut, and one that names a path of this machine is refused. */
export function textPicture(lines: readonly string[], title: string): string {
  const foreign = lines.find((line) => /\/(?:home|root|tmp|Users)\//.test(line));
  if (foreign !== undefined) throw new Error(`This line names a path of this machine: ${foreign}`);
  const shown = lines.map(cut);
  const width = Math.ceil(Math.max(...shown.map((line) => line.length)) * CHAR_WIDTH + 2 * MARGIN);
  const height = shown.length * LINE_HEIGHT + 2 * MARGIN;
  const rows = shown.map((line, index) => {
    const y = MARGIN + (index + 0.75) * LINE_HEIGHT;
    return `  <text x="${MARGIN}" y="${y}" fill="${colourOf(line)}" xml:space="preserve">${escaped(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}"
  font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${FONT_SIZE}">
  <title>${escaped(title)}</title>
  <rect width="100%" height="100%" rx="8" fill="#16181d" />
${rows.join("\n")}
</svg>
`;
}

function cut(line: string): string {
  return line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line;
}

/** What would happen, and what a person can type, stand out. */
function colourOf(line: string): string {
  if (/^\W*→ /.test(line)) return "#8bd5ca";
  if (/^ {2}(?:npx |temporal )/.test(line)) return "#eed49f";
  return line.startsWith("╭") ? "#ffffff" : "#b8c0cc";
}

function escaped(line: string): string {
  return line.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
