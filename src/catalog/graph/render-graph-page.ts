import { hash } from "node:crypto";
import type { GraphDocument } from "./graph-document.ts";

/** The program and the style of the page, as the build makes them. */
export interface GraphPageAssets {
  readonly script: string;
  readonly style: string;
}

/**
 * One HTML file that shows a graph and needs nothing else. Its policy lets only this script and this style run, by their hashes, and
 * lets nothing load; the catalog's texts are data that the script writes as text.
 */
export function renderGraphPage(graph: GraphDocument, { script, style }: GraphPageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src '${sourceHash(script)}'`,
    `style-src '${sourceHash(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(graph.title)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page draws the catalog with JavaScript, which is turned off.</noscript>
<script type="application/json" id="graph">${escapeJson(graph)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function sourceHash(source: string): string {
  return `sha256-${hash("sha256", source, "base64")}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** JSON in which no character can end the element it stands in. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
