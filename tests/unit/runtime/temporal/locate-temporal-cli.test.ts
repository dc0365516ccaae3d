import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { locateTemporalCli } from "../../../../src/runtime/temporal/locate-temporal-cli.ts";

let folder: string;
let home: string;
const servers: Server[] = [];
const lines: string[] = [];
const onProgress = (line: string): void => void lines.push(line);
/** The discard port: refuses at once, as a machine without a network does. */
const NO_DOWNLOAD = "http://127.0.0.1:9";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bridle-cli-"));
  home = join(folder, "home");
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  lines.length = 0;
  rmSync(folder, { recursive: true, force: true });
});

const TEMPORAL = "#!/bin/sh\necho 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)'\n";

function executable(path: string, content = TEMPORAL): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode: 0o755 });
  return file;
}

test("the command that BRIDLE_TEMPORAL_CLI names wins over the one on PATH", async () => {
  const named = executable("named/my-temporal");
  executable("path/temporal");

  const found = await locateTemporalCli({ env: { BRIDLE_TEMPORAL_CLI: named, PATH: join(folder, "path") }, home });

  expect(found).toBe(named);
});

test("a named command that does not run is an error, not a reason to take another", async () => {
  const named = executable("named/other", "#!/bin/sh\necho something else\n");
  executable("path/temporal");

  const failure = locateTemporalCli({ env: { BRIDLE_TEMPORAL_CLI: named, PATH: join(folder, "path") }, home });

  await expect(failure).rejects.toMatchObject({
    code: "TEMPORAL_CLI_MISSING",
    message: expect.stringContaining(named),
  });
});

test("a command on PATH that is broken or not executable is passed over", async () => {
  executable("broken/temporal", "#!/bin/sh\nexit 1\n");
  mkdirSync(join(folder, "plain"));
  writeFileSync(join(folder, "plain", "temporal"), TEMPORAL, { mode: 0o644 });
  const good = executable("good/temporal");
  const path = ["broken", "plain", "good"].map((name) => join(folder, name)).join(delimiter);

  expect(await locateTemporalCli({ env: { PATH: path }, home })).toBe(good);
});

test("PATH wins over the project's cache, which wins over fetching", async () => {
  const cached = executable("home/bin/temporal");
  const onPath = executable("path/temporal");

  expect(await locateTemporalCli({ env: { PATH: join(folder, "path") }, home })).toBe(onPath);
  expect(await locateTemporalCli({ env: { PATH: "" }, home, downloadOrigin: NO_DOWNLOAD })).toBe(cached);
});

test("a download is unpacked into the project's cache", async () => {
  const archive = join(folder, "archive.tar.gz");
  const packed = executable("packed/temporal");
  execFileSync("tar", ["-czf", archive, "-C", dirname(packed), "temporal"]);
  const requests: string[] = [];
  const origin = await serve((url, address) => {
    requests.push(url);
    return url.startsWith("/cli/")
      ? JSON.stringify({ archiveUrl: `${address}/archive`, fileToExtract: "temporal" })
      : readFileSync(archive);
  });

  const found = await fetchInto({ PATH: "/usr/bin:/bin" }, origin);

  expect(found).toBe(join(home, "bin", "temporal"));
  expect(readFileSync(found, "utf8")).toBe(TEMPORAL);
  expect(requests[0]).toMatch(/^\/cli\/v1\.5\.1\?arch=\w+&platform=\w+&format=tar\.gz$/);
});

test("Go builds the command when there is no download, and people see that it does", async () => {
  executable(
    "go/go",
    `#!/bin/sh\nprintf '%s' "$*" > ${join(folder, "asked")}\ncp ${executable("built/temporal")} "$GOBIN/temporal"\n`,
  );

  const found = await fetchInto({ PATH: `${join(folder, "go")}:/usr/bin:/bin` }, NO_DOWNLOAD);

  expect(found).toBe(join(home, "bin", "temporal"));
  expect(readFileSync(join(folder, "asked"), "utf8")).toBe("install github.com/temporalio/cli/cmd/temporal@v1.5.1");
  expect(lines.join("\n")).toMatch(/gave no server[^]*building the server with Go/);
});

test("when nothing works the error tells every way that was tried and every way there is", async () => {
  executable("go/go", "#!/bin/sh\necho 'no space left on device' >&2\nexit 1\n");

  const failure = fetchInto({ PATH: join(folder, "go") }, NO_DOWNLOAD);

  await expect(failure).rejects.toMatchObject({
    code: "TEMPORAL_CLI_MISSING",
    message: expect.stringMatching(/PATH.*gave no server.*no space left on device/),
    hint: expect.stringMatching(/BRIDLE_TEMPORAL_CLI.*Go.*temporal\.download.*TEMPORAL_ADDRESS/),
  });
});

/** Only for what is not on this machine: a checkout's own cache, where there is one, is out of the way by name. */
async function fetchInto(env: Record<string, string>, downloadOrigin: string): Promise<string> {
  return locateTemporalCli({ env, home, downloadOrigin, onProgress, packageCache: join(folder, "no-cache") });
}

async function serve(answer: (url: string, address: string) => string | Buffer): Promise<string> {
  let address = "";
  const server = createServer((request, response) => void response.end(answer(request.url ?? "", address)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`;
  return address;
}
