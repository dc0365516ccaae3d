import { lookup } from "node:dns/promises";
import { isIPv6 } from "node:net";
import { InputError } from "../../protocol/errors.ts";
import { urlHost } from "./served-addresses.ts";

const ALL_INTERFACES = ["0.0.0.0", "::", "::ffff:0:0"];

/**
 * The address to bind to, or null for all interfaces. Every spelling of "all" is refused unless `dangerouslyBindAll` says that
 * it is meant: whoever reaches the machine would reach the API.
 */
export async function bindHost(host: string, dangerouslyBindAll: boolean): Promise<string | null> {
  if (!(await isEveryInterface(host))) return bare(host);
  if (dangerouslyBindAll) return null;
  throw new InputError(
    "HOST_REFUSED",
    `The host ${JSON.stringify(host)} means every network interface of this machine; expected one address, such as 127.0.0.1.`,
    {
      hint: "Name one address, or knowingly open the API to the network with the option that says so.",
    },
  );
}

async function isEveryInterface(host: string): Promise<boolean> {
  const name = bare(host);
  if (name === "" || name === "*") return true;
  // The resolver knows the spellings: 0, 0x0, 000.0 and so on.
  const addresses = await lookup(name, { all: true }).catch((error: unknown) => {
    throw new InputError(
      "HOST_REFUSED",
      `The host ${JSON.stringify(host)} has no address on this machine; expected one, such as 127.0.0.1.`,
      { cause: error },
    );
  });
  return addresses.some(({ address }) => ALL_INTERFACES.includes(canonical(address)));
}

function bare(host: string): string {
  return host.trim().replace(/^\[(.*)\]$/, "$1");
}

function canonical(address: string): string {
  return isIPv6(address) ? bare(new URL(`http://${urlHost(address)}`).hostname) : address;
}
