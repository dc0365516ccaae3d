import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** The server's database; its path on the command line is what tells our server from a stranger. */
export function databaseFile(home: string): string {
  return resolve(home, "temporal.db");
}

/**
 * Whether this process is the server of this data folder. A process id alone proves nothing: after a restart of the
 * machine it may belong to anything, and we stop what we take for our server.
 */
export function isServerOf(home: string, pid: number): boolean {
  return commandLineOf(pid)?.includes(databaseFile(home)) ?? false;
}

/** How a process was started, its words parted by spaces or NUL; nothing when there is no such process. */
export function commandLineOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (process.platform === "win32") return windowsCommandLine(pid);
    return execFileSync("ps", ["-ww", "-p", `${pid}`, "-o", "command="], { encoding: "utf8" });
  } catch {
    // No such process.
    return undefined;
  }
}

function windowsCommandLine(pid: number): string {
  const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
  return execFileSync("powershell", ["-NoProfile", "-Command", query], { encoding: "utf8" });
}
