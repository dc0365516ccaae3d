import { InputError } from "../../protocol/errors.ts";
import type { HostedApp } from "../../specs/hosted-app.ts";
import type { LoadedApp } from "./load-app.ts";

/** The app in one of its workspaces: the one that is wanted, else its default one. */
export function hostedWorkspace({ name, hosted, defaultWorkspace }: LoadedApp, wanted = defaultWorkspace): HostedApp {
  const found = hosted.find(({ workspace }) => workspace === wanted);
  if (found !== undefined) return found;
  const known = hosted.map(({ workspace }) => workspace).join(", ");
  throw new InputError("INPUT_INVALID", `App "${name}" has no workspace "${wanted}": expected one of ${known}.`);
}
