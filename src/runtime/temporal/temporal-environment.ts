import { type ClientConnectConfig, loadClientConfigProfile, toClientOptions } from "@temporalio/envconfig";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { InputError } from "../../protocol/errors.ts";

type SdkOptions = ClientConnectConfig["connectionOptions"];

/** How to reach a server, in the form that the SDK's client and worker both take. */
export interface TemporalConnectionOptions {
  readonly address: string;
  readonly tls?: NonNullable<SdkOptions["tls"]>;
  readonly apiKey?: string;
  readonly metadata?: NonNullable<SdkOptions["metadata"]>;
}

/** A server that the environment names. */
export interface EnvironmentTarget {
  readonly options: TemporalConnectionOptions;
  readonly namespace?: string;
}

/** As in every Temporal SDK, for a profile that sets something else only. */
const SDK_DEFAULT_ADDRESS = "localhost:7233";

/** What `TEMPORAL_*` and the profile of the config file say; nothing when they say nothing. */
export function environmentTarget(env: Readonly<Record<string, string | undefined>>): EnvironmentTarget | undefined {
  const profile = readProfile(env);
  if (Object.values(profile).every((value) => value === undefined)) return undefined;
  const { connectionOptions, namespace } = toClientOptions(profile);
  const { address = SDK_DEFAULT_ADDRESS, tls, apiKey, metadata } = connectionOptions;
  const options = {
    address,
    ...(tls === undefined || tls === null ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  return { options, ...(namespace === undefined ? {} : { namespace }) };
}

function readProfile(env: Readonly<Record<string, string | undefined>>): ReturnType<typeof loadClientConfigProfile> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    return loadClientConfigProfile({ overrideEnvVars: Object.fromEntries(set) });
  } catch (error) {
    const said = thrownMessage(error);
    throw new InputError("INPUT_INVALID", `The Temporal settings of the environment cannot be read: ${said}`, {
      hint: "Check TEMPORAL_PROFILE and the file that TEMPORAL_CONFIG_FILE names.",
      cause: error,
    });
  }
}
