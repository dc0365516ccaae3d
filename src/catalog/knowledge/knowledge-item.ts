/** What a piece of knowledge is. */
export type KnowledgeKind = "term" | "metric" | "rule" | "policy" | "example_query";

/** Something a document says that can be looked up on its own. */
export interface KnowledgeItem {
  readonly kind: KnowledgeKind;
  readonly name: string;
  readonly definition: string;
  readonly sql?: string;
  readonly unit?: string;
}
