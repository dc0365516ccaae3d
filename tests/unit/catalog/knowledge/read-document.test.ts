import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createDeflate, deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { readDocument } from "../../../../src/catalog/knowledge/read-document.ts";

const GLOSSARY = `---
title: Stock glossary
tags: [stock, online]
tables: dim_products
---
# Glossary

- **Days of cover**: how long stock lasts
  at the present rate
- SKU — a sellable unit

| Metric | Definition | SQL |
| --- | :--: | --- |
| Revenue | what was paid | \`sum(price)\` |

Term
: meaning

\`\`\`sql
-- stock per channel
select 1
\`\`\`
`;

test("Markdown gives front matter, items with their continuation, tables, definitions and code", async () => {
  const read = await readDocument("a/glossary.md", bytes(GLOSSARY));

  expect(read).toMatchObject({
    kind: "document",
    document: {
      title: "Stock glossary",
      frontMatter: { tags: ["stock", "online"], tables: "dim_products" },
      blocks: [
        { kind: "heading", level: 1, text: "Glossary" },
        { kind: "item", text: "**Days of cover**: how long stock lasts at the present rate" },
        { kind: "item", text: "SKU — a sellable unit" },
        {
          kind: "table",
          header: ["Metric", "Definition", "SQL"],
          rows: [["Revenue", "what was paid", "`sum(price)`"]],
        },
        { kind: "definition", term: "Term", text: "meaning" },
        { kind: "code", language: "sql", text: "-- stock per channel\nselect 1" },
      ],
      notes: [],
    },
  });
});

test("HTML gives what is shown: no script, no style, entities as text", async () => {
  const html = `<html><head><title>Rules &amp; more</title><style>p{}</style></head><body>
    <script>alert("no")</script><h2>Rules</h2><ul><li>Never <b>ship</b> twice</ul>
    <dl><dt>ARR<dd>yearly revenue</dl><table><tr><th>a<th>b<tr><td>1<td>&lt;img&gt;</table><p>end`;

  const read = await readDocument("rules.html", bytes(html));

  expect(read).toMatchObject({
    document: {
      title: "Rules & more",
      blocks: [
        { kind: "heading", level: 2, text: "Rules" },
        { kind: "item", text: "Never ship twice" },
        { kind: "definition", term: "ARR", text: "yearly revenue" },
        { kind: "table", header: ["a", "b"], rows: [["1", "<img>"]] },
        { kind: "paragraph", text: "end" },
      ],
    },
  });
});

test("paragraphs and lists inside a cell stay words of their own, and code in a table does not swallow what follows", async () => {
  const html = `<table><tr><td><p>Net revenue</p><p>excludes VAT</p><td><ul><li>one<li>two</ul>
    <tr><td><pre>SELECT 1</pre></table>and<p>then</p>the end`;

  const read = await readDocument("cells.html", bytes(html));

  expect(read).toMatchObject({
    document: {
      blocks: [
        { kind: "table", header: ["Net revenue excludes VAT", "one two"], rows: [["SELECT 1"]] },
        { kind: "paragraph", text: "and" },
        { kind: "paragraph", text: "then" },
        { kind: "paragraph", text: "the end" },
      ],
    },
  });
});

test("a CSV is one table, with quotes, line ends and semicolons as spreadsheets write them", async () => {
  const read = await readDocument(
    "terms.csv",
    bytes('\ufeffterm;definition\r\n"a ""b""";"two\r\nlines; one field"\r\n'),
  );

  expect(read).toMatchObject({
    document: {
      blocks: [{ kind: "table", header: ["term", "definition"], rows: [['a "b"', "two\nlines; one field"]] }],
    },
  });
});

test("the text of a PDF is read page by page", async () => {
  const read = await readDocument("policy.pdf", pdf("Orders above 500 need a second signature"));

  expect(read).toMatchObject({
    document: {
      blocks: [
        { kind: "heading", text: "Page 1" },
        { kind: "paragraph", text: "Orders above 500 need a second signature" },
      ],
    },
  });
});

test(
  "a PDF of a few kilobytes that unpacks to gigabytes is skipped for the memory it needs",
  { timeout: 60_000 },
  async () => {
    const blanks = Buffer.alloc(10 * 1024 * 1024, " ");
    const page = Readable.from(
      (function* () {
        for (let part = 0; part < 120; part++) yield blanks;
      })(),
    );
    const packed = deflateSync(await buffer(page.pipe(createDeflate())), { level: 9 });

    const read = await readDocument("bomb.pdf", pdfOf("/Filter[/FlateDecode/FlateDecode]", packed));

    expect(packed.length).toBeLessThan(20_000);
    expect(read).toMatchObject({ kind: "skipped", reason: "reading it needs over 512 MB of memory" });
  },
);

test.for([
  ["a picture under a text's name", "a.txt", Uint8Array.of(0x89, 0x50, 0, 1, 2, 3), "NUL"],
  ["compressed data", "a.md", Uint8Array.from({ length: 2_000 }, (_, index) => ((index * 7919) % 255) + 1), "no text"],
  ["half a UTF-16 file", "a.txt", Uint8Array.of(0xff, 0xfe, 0x41), "utf-16le"],
  ["a PDF that is none", "a.pdf", bytes("%PDF-1.7 nonsense"), "PDF"],
  ["an empty file", "a.md", bytes(" \n\n"), "no text"],
] as const)("%s is skipped with its reason", async ([, path, content, reason]) => {
  const read = await readDocument(path, content);

  expect(read).toMatchObject({ kind: "skipped", reason: expect.stringContaining(reason) });
});

test("a text in Windows-1252 is read, and the report says so", async () => {
  const read = await readDocument("a.txt", Uint8Array.of(0x52, 0x65, 0x67, 0x65, 0x6c, 0x3a, 0x20, 0xfc));

  expect(read).toMatchObject({
    document: { blocks: [{ text: "Regel: ü" }], notes: [expect.stringContaining("Windows-1252")] },
  });
});

test.for([
  ["a bomb of aliases", `a: &a [1,1]\nb: &b [${"*a,".repeat(50)}1]\nc: &c [${"*b,".repeat(50)}1]`],
  ["a list", "- 1\n- 2"],
  ["a broken map", "a: [1"],
])("front matter that is %s is ignored and said", async ([, yaml]) => {
  const read = await readDocument("a.md", bytes(`---\n${yaml}\n---\ntext`));

  expect(read).toMatchObject({
    document: { frontMatter: {}, blocks: [{ text: "text" }], notes: [expect.stringContaining("front matter ignored")] },
  });
});

test.for([
  ["never closed", "<div>".repeat(400_000)],
  ["closed by other names", "<b>".repeat(300_000) + "</i>".repeat(300_000)],
  ["tables in tables", "<table><tr><td>".repeat(100_000)],
] as const)("HTML with tags that are %s is skipped at once instead of read for minutes", async ([, html]) => {
  const started = performance.now();

  const read = await readDocument("a.html", bytes(`<p>text</p>${html}`));

  expect(read).toEqual({ kind: "skipped", reason: "its tags are nested deeper than 5000" });
  expect(performance.now() - started).toBeLessThan(5_000);
});

const DEEP = "<b>".repeat(2_200);

test.for([
  ["close what is not open", "</i>"],
  ["open what they close", "</p>"],
  ["have to look for a form", "<form>"],
  ["open and close thousands at once", `<u>${"<b>".repeat(2_700)}${"</i>".repeat(1_900)}</u>`],
] as const)("HTML with very deep tags and many that %s is skipped for its work", async ([, tags]) => {
  const read = await readDocument("a.html", bytes(`<form>${DEEP}${tags}`.padEnd(5_000_000, tags)));

  expect(read).toEqual({
    kind: "skipped",
    reason:
      "its tags are too many for how deep they are nested: reading it takes more than 1000000000 looks at open tags",
  });
});

test("deep HTML of a usual size, and large HTML of a usual depth, are read", async () => {
  const deep = await readDocument("a.html", bytes(`${DEEP}${"<p>deep</p>".repeat(1_000)}`));
  const large = await readDocument("a.html", bytes("<div><ul><li>one</li></ul></div>".repeat(60_000)));

  expect(deep).toMatchObject({ document: { blocks: { length: 1_000 } } });
  expect(large).toMatchObject({ document: { blocks: { length: 60_000 } } });
});

test("half a million hostile characters are read in linear time", async () => {
  for (const part of ["[", "| - ", "> ", "#", "**a", "- ", "`", "<!--", "_*", ": a\n"]) {
    const started = performance.now();
    await readDocument("a.md", bytes(part.repeat(Math.ceil(500_000 / part.length))));
    expect({ part, isQuick: performance.now() - started < 5_000 }).toEqual({ part, isQuick: true });
  }
});

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The smallest PDF that shows a line. */
function pdf(line: string): Uint8Array {
  return pdfOf("", Buffer.from(`BT /F1 12 Tf 72 720 Td (${line}) Tj ET`));
}

/** The same with a stream as it is. */
function pdfOf(filter: string, stream: Buffer): Uint8Array {
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    `<</Length ${stream.length}${filter}>>\nstream\n${stream.toString("latin1")}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  ];
  const body = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join("");
  return Buffer.from(`%PDF-1.4\n${body}trailer\n<</Root 1 0 R/Size 6>>\n%%EOF`, "latin1");
}
