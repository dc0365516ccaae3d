/** Variables that have no flag: read, or set for a command that the user named. */
export const ENVIRONMENT_VARIABLES: readonly { readonly name: string; readonly description: string }[] = [
  { name: "ANTHROPIC_API_KEY", description: "the key of the model provider, unless the app names another variable" },
  { name: "ANTHROPIC_BASE_URL", description: "another address of the model provider" },
  { name: "BRIDLE_API_TOKEN", description: "the token of the HTTP API; without it each launch makes one" },
  { name: "BRIDLE_CRASHPOINT", description: "name:n kills the worker at the n-th passage of a point, for tests" },
  { name: "BRIDLE_PLAN_ID", description: "set for the command of --effects: the plan whose effects it counts" },
  { name: "BRIDLE_TEMPORAL_CLI", description: "the `temporal` command that starts the project's own server" },
  { name: "FORCE_COLOR", description: "colours also without a terminal" },
  { name: "NODE_ENV", description: "which .env.{NODE_ENV} file is read" },
  { name: "NO_COLOR", description: "no colours" },
  { name: "TEMPORAL_API_KEY", description: "the key of the Temporal server, as every Temporal SDK reads it" },
  { name: "TEMPORAL_CONFIG_FILE", description: "a file with Temporal profiles" },
  { name: "TEMPORAL_PROFILE", description: "which Temporal profile counts" },
  { name: "TEMPORAL_TLS", description: "whether to use TLS, and the TEMPORAL_TLS_* files with it" },
];
