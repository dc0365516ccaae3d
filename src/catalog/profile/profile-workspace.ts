import type { DataEnvironment } from "../../data/data-environment.ts";
import { type NamedTarget, nameTarget } from "../../data/name-target.ts";
import { openProfileReader } from "../../data/profile/open-profile-reader.ts";
import type { ProfileReader } from "../../data/profile/reading.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { CatalogScope } from "../../protocol/catalog.ts";
import { openStoreOf } from "../open-catalog.ts";
import { followCatalog } from "../search/follow-catalog.ts";
import { estimateProfile, type ProfileEstimate } from "./estimate-profile.ts";
import { type ProfileDatabaseRequest, type ProfileRequest, profileOptionsOf } from "./profile-request.ts";
import { type ProfileSummary, runProfile } from "./run-profile.ts";

/** Whose database is looked at. */
export interface ProfilePlace {
  readonly environment: DataEnvironment;
  readonly scope: CatalogScope;
}

/** Says what a profile of a workspace's database would read, from statistics alone. */
export async function estimateWorkspace(
  { environment, scope }: ProfilePlace,
  request: ProfileRequest,
): Promise<ProfileEstimate> {
  const options = profileOptionsOf(request);
  const target = nameTarget(environment, request);
  const { databaseId, schema } = target;
  return await withReader(target, request, async (reader) =>
    estimateProfile(await reader.describe(schema), { databaseId, scope, schema, options }),
  );
}

/** Profiles a workspace's database into its catalog; the search index follows where the data environment says so. */
export async function profileWorkspace(
  { environment, scope }: ProfilePlace,
  request: ProfileDatabaseRequest,
): Promise<ProfileSummary> {
  const options = profileOptionsOf(request);
  const target = nameTarget(environment, request);
  const { databaseId, schema } = target;
  const { signal, onEvent } = request;
  const watch = withoutUndefined({ signal, onEvent });
  const now = (): string => new Date().toISOString();
  const catalog = await openStoreOf(environment, scope, "write");
  try {
    const summary = await withReader(target, request, (reader) =>
      runProfile({ reader, catalog, databaseId, schema, options, now, ...watch }),
    );
    await followCatalog(environment, catalog, scope);
    return summary;
  } finally {
    await catalog.close();
  }
}

async function withReader<Result>(
  { location }: NamedTarget,
  { signal }: ProfileRequest,
  work: (reader: ProfileReader) => Promise<Result>,
): Promise<Result> {
  const reader = openProfileReader(location, signal === undefined ? {} : { signal });
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}
