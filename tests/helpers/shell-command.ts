import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";
import { onTestFinished } from "vitest";
import { cleanEnvironment } from "./cli.ts";

/** Where and with which settings a line is run. */
export interface ShellPlace {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Gives the line a terminal of its own, on which the test types. */
  readonly terminal?: boolean;
}

/** How a line ended: its exit code, everything it said, and what of that went to standard output. */
export interface ShellEnd {
  readonly code: number | null;
  readonly said: string;
  readonly stdout: string;
}

/** A line that a shell runs. */
export interface ShellCommand {
  readonly child: ChildProcess;
  /** Everything said so far, on both streams. */
  said(): string;
  /** Resolves with what fits, once it was said; a command that ends without saying it is an error with what it did say. */
  saying(words: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<ShellEnd>;
  /** Types at the terminal. */
  type(text: string): void;
  /** Signals the whole group, as a terminal does. */
  signal(signal: NodeJS.Signals): void;
}

/** Runs a line as someone types it, without a terminal, under the Node that runs this test. It ends with the test. */
export function shellCommand(line: string, place: ShellPlace): ShellCommand {
  const command = startShell(line, place);
  onTestFinished(async () => {
    command.signal("SIGKILL");
    await command.ended;
  });
  return command;
}

/** Runs a line to its end, which must be good, and gives what it said on standard output. */
export async function runShell(line: string, place: ShellPlace): Promise<string> {
  const command = startShell(line, place);
  const { code, said, stdout } = await command.ended;
  if (code !== 0) throw new Error(`${line} ended with ${code}:\n${said.slice(-4_000)}`);
  return stdout;
}

function startShell(line: string, { folder, env = {}, terminal = false }: ShellPlace): ShellCommand {
  const path = `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`;
  const [command, args] = terminal ? ["script", ["-qefc", line, "/dev/null"]] : ["bash", ["-c", line]];
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...cleanEnvironment(), PATH: path, ...env },
    detached: true,
    stdio: [terminal ? "pipe" : "ignore", "pipe", "pipe"],
  });
  const signal = (name: NodeJS.Signals): void => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, name);
  };
  let said = "";
  let stdout = "";
  const waiting = new Set<() => void>();
  const hear = (text: string): void => {
    said += text;
    for (const look of waiting) look();
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    hear(text);
  });
  child.stderr?.setEncoding("utf8").on("data", hear);
  const ended = new Promise<ShellEnd>((resolve) => {
    child.once("close", (code) => resolve({ code, said, stdout }));
  });
  const saying = (words: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = words.exec(said);
        if (found === null) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(({ code }) => reject(new Error(`ended with ${code} before saying ${String(words)}:\n${said}`)));
    });
  return { child, said: () => said, saying, ended, signal, type: (text) => void child.stdin?.write(text) };
}
