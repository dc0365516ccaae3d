import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { inject } from "vitest";
import * as z from "zod";

/** A page of a real browser, driven over the DevTools protocol. */
export interface BrowserPage extends AsyncDisposable {
  open(url: string): Promise<void>;
  /** The value of an expression in the page; a promise is awaited. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression is true in the page. */
  until(expression: string): Promise<void>;
  /** Presses and releases the mouse in the middle of the first element that an expression gives. */
  click(element: string): Promise<void>;
  /** Types into whatever has the focus. */
  type(text: string): Promise<void>;
  /** Presses and releases a key by its name, as `ArrowDown` or `a`. */
  press(key: string): Promise<void>;
  /** Sends a command of the protocol. */
  send: Send;
  /** What the page said and asked for since it was opened: exceptions, console messages, refused content, requests. */
  readonly happenings: readonly Happening[];
  /** A PNG of what is seen. */
  screenshot(): Promise<Buffer>;
}

/** An event of the protocol. */
export interface Happening {
  readonly method: string;
  readonly params: unknown;
}

const WAIT_MS = 20_000;
const LOOK_AGAIN_MS = 100;

/** Whether this run has a browser. Without one the run says loudly what it skips, and CI fails. */
export function hasBrowser(): boolean {
  return inject("chromium") !== null;
}

/** Starts a headless Chromium with a profile of its own. */
export async function openBrowser(): Promise<BrowserPage> {
  const profile = mkdtempSync(join(tmpdir(), "bridle-chromium-"));
  const { path, env } = chromium();
  const child = spawn(path, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const gone = once(child, "exit");
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    const origin = new URL((await endpoint(child)).replace(/^ws/, "http")).host;
    return await pageOf(await pageSocket(origin), close);
  } catch (error) {
    await close();
    throw error;
  }
}

const FLAGS = [
  "--headless=new",
  "--no-sandbox", // a container has no user namespaces, and the page is our own server's
  "--disable-gpu",
  "--enable-unsafe-swiftshader", // WebGL without a graphics card
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--window-size=1400,1200",
  "--remote-debugging-port=0",
];

/** The browser of this run and what it is started with. */
function chromium(): { readonly path: string; readonly env: NodeJS.ProcessEnv } {
  const found = inject("chromium");
  if (found === null) throw new Error("This test needs a browser; run it only where hasBrowser says there is one.");
  const { path, libraries } = found;
  return { path, env: libraries === null ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries } };
}

/** Chromium says where it listens in its log. */
async function endpoint(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  if (child.stderr === null) throw new Error("Chromium has no log");
  const timer = setTimeout(() => child.kill("SIGKILL"), WAIT_MS);
  try {
    for await (const line of createInterface({ input: child.stderr })) {
      said.push(line);
      const [, url] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
      if (url !== undefined) return url;
    }
  } finally {
    clearTimeout(timer);
    child.stderr.resume();
  }
  throw new Error(`Chromium did not start: ${said.join("\n")}`);
}

const Targets = z.array(z.looseObject({ type: z.string(), webSocketDebuggerUrl: z.string().optional() }));

async function pageSocket(origin: string): Promise<WebSocket> {
  const answer = await fetch(`http://${origin}/json/list`, { signal: AbortSignal.timeout(WAIT_MS) });
  const targets = Targets.parse(await answer.json());
  const url = targets.find(({ type }) => type === "page")?.webSocketDebuggerUrl;
  if (url === undefined) throw new Error("Chromium opened no page");
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve(), { once: true });
    socket.addEventListener("error", () => reject(new Error(`no connection to ${url}`)), { once: true });
  });
  return socket;
}

const Reply = z.looseObject({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});
const Evaluated = z.looseObject({
  result: z.looseObject({ value: z.unknown().optional() }),
  exceptionDetails: z.unknown().optional(),
});
const Point = z.object({ x: z.number(), y: z.number() });

/** Keys that are known by a number only. */
const KEY_CODES: Readonly<Record<string, number>> = { Tab: 9, Enter: 13, Escape: 27 };

type Send = (method: string, params?: object) => Promise<Readonly<Record<string, unknown>>>;

function sender(socket: WebSocket, onHappening: (happening: Happening) => void): Send {
  const waiting = new Map<number, PromiseWithResolvers<Readonly<Record<string, unknown>>>>();
  let last = 0;
  socket.addEventListener("message", ({ data }) => {
    const { id, method, params, result, error } = Reply.parse(JSON.parse(String(data)));
    if (method !== undefined) onHappening({ method, params });
    const call = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || call === undefined) return;
    waiting.delete(id);
    if (error === undefined) call.resolve(result ?? {});
    else call.reject(new Error(error.message));
  });
  return (method, params = {}) => {
    const call = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    waiting.set(++last, call);
    socket.send(JSON.stringify({ id: last, method, params }));
    return call.promise;
  };
}

async function pageOf(socket: WebSocket, close: () => Promise<void>): Promise<BrowserPage> {
  const happenings: Happening[] = [];
  const send = sender(socket, (happening) => happenings.push(happening));
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);
  const eyes = eyesOf(send);
  return {
    ...eyes,
    ...handsOf(send, eyes),
    async open(url) {
      await send("Page.navigate", { url });
      const { protocol, origin } = new URL(url);
      const start = protocol === "file:" ? protocol : origin;
      await eyes.until(`location.href.startsWith(${JSON.stringify(start)}) && document.readyState === "complete"`);
    },
    send,
    happenings,
    async [Symbol.asyncDispose]() {
      socket.close();
      await close();
    },
  };
}

type Eyes = Pick<BrowserPage, "evaluate" | "until" | "screenshot">;

/** What looks at a page and leaves it as it is. */
function eyesOf(send: Send): Eyes {
  const evaluate = async (expression: string): Promise<unknown> => {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = Evaluated.parse(await send("Runtime.evaluate", params));
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return result.value;
  };
  return {
    evaluate,
    async until(expression) {
      const wait = `new Promise((resolve) => {
        const end = Date.now() + ${WAIT_MS};
        const look = () => {
          let found = false;
          try { found = Boolean(${expression}); } catch { found = false; }
          if (found || Date.now() > end) resolve(found); else setTimeout(look, ${LOOK_AGAIN_MS});
        };
        look();
      })`;
      if ((await evaluate(wait)) === true) return;
      const says = String(await evaluate("document.body.innerText"));
      throw new Error(`The page never came to: ${expression}. It says: ${says}`);
    },
    screenshot: async () =>
      Buffer.from(String((await send("Page.captureScreenshot", { format: "png" }))["data"]), "base64"),
  };
}

/** What a person does to a page with mouse and keys. */
function handsOf(send: Send, { evaluate, until }: Eyes): Pick<BrowserPage, "click" | "type" | "press"> {
  return {
    async click(element) {
      // An element that still moves, or that another one covers, would leave the click to its neighbour.
      const place = `globalThis.placeOf = (it) => { it.scrollIntoView({ block: "nearest" });
        const box = it.getBoundingClientRect(); return { x: box.x + box.width / 2, y: box.y + box.height / 2 }; }`;
      await evaluate(`${place}; 0`);
      await until(`((it) => { const { x, y } = placeOf(it); const last = globalThis.lastPlace; globalThis.lastPlace = { it, x, y };
        return last?.it === it && last.x === x && last.y === y && it.contains(document.elementFromPoint(x, y)); })(${element})`);
      const middle = `placeOf(${element})`;
      const at = { ...Point.parse(await evaluate(middle)), button: "left", clickCount: 1 };
      await send("Input.dispatchMouseEvent", { ...at, type: "mousePressed" });
      await send("Input.dispatchMouseEvent", { ...at, type: "mouseReleased" });
    },
    type: async (text) => void (await send("Input.insertText", { text })),
    async press(key) {
      const text = key.length === 1 ? { text: key } : key === "Enter" ? { text: "\r" } : {};
      const windowsVirtualKeyCode = KEY_CODES[key];
      await send("Input.dispatchKeyEvent", { type: "keyDown", key, windowsVirtualKeyCode, ...text });
      await send("Input.dispatchKeyEvent", { type: "keyUp", key, windowsVirtualKeyCode });
    },
  };
}
