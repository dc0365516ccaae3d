import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { startIdleWatchdog } from "../../../src/models/idle-watchdog.ts";

test("silence is noticed once", async () => {
  const onIdle = vi.fn<() => void>();
  const watchdog = startIdleWatchdog(10, onIdle);

  await vi.waitFor(() => expect(onIdle).toHaveBeenCalledOnce());

  watchdog.touch();
  expect(watchdog.hasFired).toBe(true);
  expect(onIdle).toHaveBeenCalledOnce();
});

test("bytes that wait in a socket while the process is busy are no silence", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  const client = connect(port, "127.0.0.1");
  const [[sender]] = await Promise.all([once(server, "connection"), once(client, "connect")]);
  const watchdog = startIdleWatchdog(50, () => undefined);
  const heard = new Promise<boolean>((resolve) => {
    client.once("data", () => {
      watchdog.touch();
      setImmediate(() => resolve(!watchdog.hasFired));
    });
  });

  sender.write("late but there");
  busyFor(100);

  expect(await heard).toBe(true);
  watchdog.stop();
  client.destroy();
  server.close();
});

function busyFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
