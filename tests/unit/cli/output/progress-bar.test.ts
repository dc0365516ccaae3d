import { expect, test } from "vitest";
import { ProgressBar } from "../../../../src/cli/output/progress-bar.ts";

function recorded(): { readonly lines: string[]; write(text: string): void } {
  const lines: string[] = [];
  return { lines, write: (text) => void lines.push(text) };
}

test("on a terminal one line is written again and taken away", () => {
  const sink = recorded();
  const bar = new ProgressBar(sink, true);

  bar.show({ done: 1, total: 2, message: "a\u001B[2Jb" });
  bar.clear();
  bar.clear();

  expect(sink.lines).toEqual([
    expect.stringContaining("[##########----------] 50% (1 of 2) a\\x1b[2Jb"),
    "\r\u001B[2K",
  ]);
});

test("elsewhere a line is written every tenth and at the end", () => {
  const sink = recorded();
  const bar = new ProgressBar(sink, false);

  for (let done = 0; done <= 100; done++) bar.show({ done, total: 100, message: "t" });

  expect(sink.lines).toHaveLength(11);
  expect(sink.lines.at(-1)).toBe("100% (100 of 100) t\n");
});
