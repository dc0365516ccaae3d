/** A stream to write to; the process's own in production. */
export interface Sink {
  write(text: string): unknown;
}
