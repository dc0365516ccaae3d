/**
 * Draws the output of a command as an SVG, for README.md: `node scripts/text-picture.ts --lines 1-12,40-44 < output.txt > picture.svg`.
 * Lines that are left out are shown as a gap; nothing else about the text changes but paths of this machine, which it refuses.
 */
import { text } from "node:stream/consumers";
import { parseArgs, stripVTControlCharacters } from "node:util";

const FONT_SIZE = 13;
const CHAR_WIDTH = 7.83;
const LINE_HEIGHT = 19;
const MARGIN = 18;
const COLUMNS = 110;
const GAP = "   ⋮";

const { values } = parseArgs({ options: { lines: { type: "string" }, title: { type: "string", default: "" } } });
const all = stripVTControlCharacters(await text(process.stdin))
  .trimEnd()
  .split("\n");
const shown = values.lines === undefined ? all : chosen(values.lines);
const foreign = shown.find((line) => /\/(?:home|root|tmp|Users)\//.test(line));
if (foreign !== undefined) throw new Error(`This line names a path of this machine: ${foreign}`);
process.stdout.write(svg(shown.map((line) => cut(line))));

function chosen(ranges: string): readonly string[] {
  return ranges.split(",").flatMap((range, index) => {
    const [first = 1, last = first] = range.split("-").map(Number);
    return [...(index === 0 ? [] : [GAP]), ...all.slice(first - 1, last)];
  });
}

function cut(line: string): string {
  return line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line;
}

function svg(lines: readonly string[]): string {
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHAR_WIDTH + 2 * MARGIN);
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const rows = lines.map((line, index) => {
    const y = MARGIN + (index + 0.75) * LINE_HEIGHT;
    return `  <text x="${MARGIN}" y="${y}" fill="${colourOf(line)}" xml:space="preserve">${escaped(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(values.title)}"
  font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${FONT_SIZE}">
  <title>${escaped(values.title)}</title>
  <rect width="100%" height="100%" rx="8" fill="#16181d" />
${rows.join("\n")}
</svg>
`;
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
