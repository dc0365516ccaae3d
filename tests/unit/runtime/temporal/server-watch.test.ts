import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ServerGone, ServerWatch } from "../../../../src/runtime/temporal/server-watch.ts";

interface CountingServer extends AsyncDisposable {
  readonly address: string;
  readonly connections: () => number;
}

/** Accepts connections, says nothing, and counts them. */
async function countingServer(host = "127.0.0.1"): Promise<CountingServer> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => socket.destroy());
  });
  await once(server.listen(0, host), "listening");
  const own = server.address();
  const close = async (): Promise<void> => {
    if (server.listening) await once(server.close(), "close");
  };
  return {
    address: `${host}:${typeof own === "object" && own !== null ? own.port : 0}`,
    connections: () => connections,
    [Symbol.asyncDispose]: close,
  };
}

async function closedPort(): Promise<string> {
  await using server = await countingServer();
  return server.address;
}

test("a call that takes long is looked after, less and less often", { timeout: 20_000 }, async () => {
  await using server = await countingServer();
  const watch = new ServerWatch(server.address);

  await watch.guard(() => sleep(8_000));

  expect(server.connections()).toBeGreaterThanOrEqual(3);
  expect(server.connections()).toBeLessThanOrEqual(9);
});

test("quick calls one after another cost one look, and one that failed costs the next a look", async () => {
  await using server = await countingServer();
  const watch = new ServerWatch(server.address);

  for (let call = 0; call < 3; call++) {
    await watch.guard(() => sleep(150));
  }
  expect(server.connections()).toBe(1);

  await expect(watch.guard(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await watch.guard(async () => "yes");
  expect(server.connections()).toBe(2);
});

test("a server elsewhere is not looked at before a call", async () => {
  await using server = await countingServer();
  // Not loopback to whoever reads it; the system takes it for this machine all the same.
  const watch = new ServerWatch(server.address.replace("127.0.0.1", "0.0.0.0"));

  await watch.guard(async () => "at once");
  expect(server.connections()).toBe(0);

  await watch.guard(() => sleep(600));
  expect(server.connections()).toBe(1);
});

test("nothing is sent to a port that refuses, and what is known is told at once", { timeout: 10_000 }, async () => {
  const watch = new ServerWatch(await closedPort());
  let sent = 0;
  const call = async (): Promise<void> => void (sent += 1);

  await expect(watch.guard(call)).rejects.toBeInstanceOf(ServerGone);
  const asked = Date.now();
  await expect(watch.guard(call)).rejects.toBeInstanceOf(ServerGone);

  expect(Date.now() - asked).toBeLessThan(1_000);
  expect(sent).toBe(0);
});

test("waiting for a port to open ends with the signal, and nothing is sent then", async () => {
  const watch = new ServerWatch(await closedPort());
  let sent = 0;
  const end = new AbortController();
  const told = watch.guard(async () => void (sent += 1), end.signal);

  end.abort();

  await expect(told).rejects.toMatchObject({ name: "AbortError" });
  expect(sent).toBe(0);
});
