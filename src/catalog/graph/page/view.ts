/** A picture of the graph, with or without depth. */
export interface View {
  readonly element: Element;
  /** Marks an entry and what it is related to; undefined marks nothing. */
  select(id: string | undefined): void;
  zoom(factor: number): void;
  /** Turns the picture, or moves it when it has no depth; in shares of a screen. */
  turn(x: number, y: number): void;
  /** Shows all of it again. */
  home(): void;
  dispose(): void;
}
