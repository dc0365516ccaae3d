import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Connection } from "@temporalio/client";

const ANSWER_TIMEOUT_MS = 2000;
const RETRY_MS = 50;

/** Whether a Temporal server answers at this address: a port that merely accepts is not enough. */
export async function answers(address: string): Promise<boolean> {
  // gRPC waits a second before it dials again, so the port is asked first.
  if (!(await accepts(address))) return false;
  const connection = Connection.lazy({ address, connectTimeout: ANSWER_TIMEOUT_MS });
  try {
    await connection.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, async () =>
      connection.workflowService.describeNamespace({ namespace: "default" }),
    );
    return true;
  } catch {
    // Whatever it said, it is not a server that can serve.
    return false;
  } finally {
    await connection.close();
  }
}

/** The same, asked again until it does or the time is over. */
export async function answersWithin(timeoutMs: number, address: string): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  do {
    if (await answers(address)) return true;
    await delay(RETRY_MS);
  } while (Date.now() < deadline);
  return false;
}

/** Whether a connection to this address is refused at once; nothing is concluded from any other answer, or from none. */
export async function isRefused(address: string, timeoutMs = ANSWER_TIMEOUT_MS): Promise<boolean> {
  const [, host, port] = /^\[?([^[\]/]+?)\]?:(\d{1,5})$/.exec(address) ?? [];
  if (host === undefined || port === undefined) return false;
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: timeoutMs });
    const settle = (refused: boolean): void => {
      socket.destroy();
      resolve(refused);
    };
    socket.once("connect", () => settle(false));
    socket.once("timeout", () => settle(false));
    socket.once("error", (error: NodeJS.ErrnoException) => settle(error.code === "ECONNREFUSED"));
  });
}

async function accepts(address: string): Promise<boolean> {
  const [host = "127.0.0.1", port = "0"] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: ANSWER_TIMEOUT_MS });
    const settle = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", () => settle(true));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
  });
}
