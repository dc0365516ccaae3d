import { expect, test } from "vitest";
import { Output, type OutputMode, type OutputSetup } from "../../../../src/cli/output/output.ts";
import { styleFor } from "../../../../src/cli/output/style.ts";
import { InputError } from "../../../../src/protocol/errors.ts";

interface Captured {
  readonly output: Output;
  readonly out: () => string;
  readonly err: () => string;
}

function capture(mode: OutputMode, setup: Partial<OutputSetup> = {}): Captured {
  const written = { out: "", err: "" };
  const style = styleFor({ env: {}, isTerminal: false, wanted: true });
  const output = new Output({
    mode,
    isQuiet: false,
    isVerbose: false,
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    style: { stdout: style, stderr: style },
    secrets: ["s3cret-value"],
    ...setup,
  });
  return { output, out: () => written.out, err: () => written.err };
}

function lines(text: string): readonly unknown[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
}

test("text: the result alone goes to stdout, everything else to stderr", () => {
  const { output, out, err } = capture("text");

  output.progress("working");
  output.result({ a: 1 }, "the answer");
  output.hint("try this");
  output.warning("careful");
  output.done(0);

  expect(out()).toBe("the answer\n");
  expect(err()).toBe("working\ntry this\nwarning careful\n");
});

test("text: streamed words are joined, made printable and end with a line", () => {
  const { output, out } = capture("text");

  output.words("Hel");
  output.words("lo \u001b[2J");
  output.done(0);

  expect(out()).toBe("Hello \\x1b[2J\n");
});

test("text: --quiet drops progress and hints and keeps warnings and errors", () => {
  const { output, err } = capture("text", { isQuiet: true });

  output.progress("working");
  output.hint("try this");
  output.warning("careful");
  output.fail(new InputError("INPUT_INVALID", "bad"));

  expect(err()).toBe("warning careful\nerror[INPUT_INVALID] bad\n");
});

test("text: an error has a code, a message and a fix, and a stack only with --verbose", () => {
  const error = new InputError("INPUT_INVALID", "bad s3cret-value", { hint: "mend it" });
  const brief = capture("text");
  const verbose = capture("text", { isVerbose: true });

  brief.output.fail(error);
  verbose.output.fail(error);

  expect(brief.err()).toBe("error[INPUT_INVALID] bad [redacted]\nfix: mend it\n");
  expect(verbose.err()).toMatch(/ {4}at .*output\.test\.ts/);
});

test("json: one document with a version, and nothing else on stdout", () => {
  const { output, out, err } = capture("json");

  output.progress("working");
  output.hint("try this");
  output.item({ a: 1 }, "one");
  output.result({ items: [{ a: 1 }] }, "one");
  output.done(0);

  expect(JSON.parse(out())).toEqual({ schemaVersion: 1, items: [{ a: 1 }] });
  expect(err()).toBe("");
});

test("json: an error is a line of JSON on stderr with the same fields", () => {
  const { output, out, err } = capture("json");

  const exitCode = output.fail(new InputError("INPUT_INVALID", "bad", { hint: "mend it" }));

  expect(exitCode).toBe(2);
  expect(out()).toBe("");
  expect(lines(err())).toEqual([
    { schemaVersion: 1, error: { code: "INPUT_INVALID", message: "bad", hint: "mend it" } },
  ]);
});

test("ndjson: a line per thing and exactly one done at the end, with the result", () => {
  const { output, out } = capture("ndjson");

  output.progress("working");
  output.item({ a: 1 });
  output.warning("careful");
  output.result({ next: null }, "");
  output.done(0);

  expect(lines(out())).toEqual([
    { event: "progress", schemaVersion: 1, message: "working" },
    { event: "item", schemaVersion: 1, item: { a: 1 } },
    { event: "warning", schemaVersion: 1, message: "careful" },
    { event: "done", schemaVersion: 1, ok: true, exitCode: 0, result: { next: null } },
  ]);
});

test("ndjson: a failure is done too, and stderr has the error", () => {
  const { output, out, err } = capture("ndjson");
  const error = { code: "INPUT_INVALID", message: "bad" };

  output.fail(new InputError("INPUT_INVALID", "bad"));

  expect(lines(out())).toEqual([{ event: "done", schemaVersion: 1, ok: false, exitCode: 2, error }]);
  expect(lines(err())).toEqual([{ schemaVersion: 1, error }]);
});

test("an event that scripts wait for is JSON in text mode too when it says so", () => {
  const { output, out } = capture("text");

  output.event("dev.ready", { pid: 1 });
  output.event("worker.ready", { pid: 1 }, "always");

  expect(lines(out())).toEqual([{ event: "worker.ready", schemaVersion: 1, pid: 1 }]);
});
