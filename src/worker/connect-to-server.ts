import type { ConnectionOptions } from "@temporalio/client";
import { NativeConnection } from "@temporalio/worker";
import { StateError } from "../protocol/errors.ts";

/** Opens a worker's own connection; fails with TEMPORAL_UNREACHABLE. */
export async function connectToServer(
  options: ConnectionOptions & { readonly address: string },
): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(nativeOptions(options));
  } catch (error) {
    throw new StateError("TEMPORAL_UNREACHABLE", `No Temporal server answers at ${options.address}.`, {
      retryable: true,
      hint: "Start one with `bridle dev`, or set TEMPORAL_ADDRESS.",
      cause: error,
    });
  }
}

/** Both connections take the same address, TLS and key; the SDK types them apart. */
function nativeOptions({
  address,
  tls,
  apiKey,
  metadata,
}: ConnectionOptions & { readonly address: string }): Parameters<typeof NativeConnection.connect>[0] {
  return {
    address,
    ...(tls === undefined ? {} : { tls }),
    ...(typeof apiKey === "string" ? { apiKey } : {}),
    ...(metadata === undefined ? {} : { metadata: metadata as Record<string, string> }),
  };
}
