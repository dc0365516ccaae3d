import type { ProfileOptions, TablePlan } from "../../data/profile/plan-profile.ts";
import type { ProfileReader } from "../../data/profile/reading.ts";
import type { CatalogStore } from "../port.ts";

/** What a run works with. */
export interface ProfileRun {
  readonly reader: ProfileReader;
  readonly catalog: CatalogStore;
  readonly databaseId: string;
  /** Null looks at every schema. */
  readonly schema: string | null;
  readonly options: ProfileOptions;
  readonly now: () => string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ProfileEvent) => void;
}

/** What happens meanwhile. */
export type ProfileEvent =
  | {
      readonly kind: "planned";
      readonly tables: number;
      readonly isResumed: boolean;
      readonly warnings: readonly string[];
    }
  | ({ readonly kind: "table"; readonly done: number; readonly of: number } & TableOutcome)
  | { readonly kind: "relations"; readonly done: number; readonly of: number };

/** How one table went. */
export interface TableOutcome {
  readonly schema: string;
  readonly table: string;
  readonly strategy: TablePlan["strategy"];
  /** `written`, `unchanged`, `resumed` (a run that was cut short had it already), or `failed`. */
  readonly outcome: "written" | "unchanged" | "resumed" | "failed";
  readonly rowCount: number | null;
  readonly columns: number;
  readonly ms: number;
  readonly warnings: readonly string[];
}
