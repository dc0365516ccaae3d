import { redact } from "../../lib/redact.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { failureOf } from "../failure.ts";
import type { Sink } from "./output-sink.ts";
import { printable, printableJson } from "./printable.ts";
import { ProgressBar, type ProgressStep } from "./progress-bar.ts";
import type { Style } from "./style.ts";

/** How results are written: for people, as one JSON document, or as one JSON line per thing. */
export const OUTPUT_MODES = ["text", "json", "ndjson"] as const;
export type OutputMode = (typeof OUTPUT_MODES)[number];

/** What an output needs to know. */
export interface OutputSetup {
  readonly mode: OutputMode;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly style: { readonly stdout: Style; readonly stderr: Style };
  readonly secrets: readonly string[];
  /** Whether standard error is a terminal on which a line may be written again. */
  readonly isAnimated?: boolean;
}

/** An error as it is told; codes of stored errors are any text. */
export interface ToldError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Everything a command says. Standard output carries the result and nothing else; progress, hints, warnings and errors go to
 * standard error. In the JSON modes every line of both streams is JSON, and an ndjson output ends with exactly one `done`.
 */
export class Output {
  readonly mode: OutputMode;
  readonly isVerbose: boolean;
  readonly style: OutputSetup["style"];
  readonly #setup: OutputSetup;
  #result: Fields | undefined;
  #failure: ToldError | undefined;
  #isMidLine = false;
  readonly #bar: ProgressBar;

  constructor(setup: OutputSetup) {
    this.#setup = setup;
    this.#bar = new ProgressBar(setup.stderr, setup.isAnimated === true);
    this.mode = setup.mode;
    this.isVerbose = setup.isVerbose;
    this.style = setup.style;
  }

  /** The result as a whole; `text` is how people read it. */
  result(document: Fields, text: string): void {
    if (this.mode === "text") this.line(text);
    else if (this.mode === "json") this.#json(document);
    else this.#result = document;
  }

  /** One thing of a result that has many. A JSON document holds them all, so there they are only in `result`. */
  item(item: unknown, text?: string): void {
    if (this.mode === "ndjson") this.#jsonLine({ event: "item", item });
    if (this.mode === "text" && text !== undefined) this.line(text);
  }

  /** A line that a script waits for: written in the JSON modes, and in text when `always`. */
  event(name: string, fields: Fields, always: "always" | "json" = "json"): void {
    if (this.mode !== "text" || always === "always") this.#jsonLine({ event: name, ...fields });
  }

  /** Text of the result as it arrives; text mode only. */
  words(text: string): void {
    if (this.mode !== "text" || text === "") return;
    this.#bar.clear();
    this.#isMidLine = !text.endsWith("\n");
    this.#setup.stdout.write(printable(text));
  }

  /** A line of the result for people; text mode only. */
  line(text: string): void {
    if (this.mode !== "text" || text === "") return;
    this.endLine();
    this.#setup.stdout.write(`${text}\n`);
  }

  /** Ends a line that `words` left open. */
  endLine(): void {
    this.#bar.clear();
    if (this.#isMidLine) this.#setup.stdout.write("\n");
    this.#isMidLine = false;
  }

  /** What happens meanwhile. */
  progress(message: string): void {
    const said = redact(message, this.#setup.secrets);
    if (this.mode === "ndjson") this.#jsonLine({ event: "progress", message: said });
    else if (this.mode === "text") this.#aside(said);
  }

  /** How far a long piece of work is: a bar on a terminal, an event in ndjson, a line now and then elsewhere. */
  advance(step: ProgressStep): void {
    if (this.mode === "ndjson") this.#jsonLine({ event: "progress", ...step });
    else if (this.mode === "text" && !this.#setup.isQuiet) this.#bar.show(step);
  }

  /** A next step or a notice for people; nothing a script needs. */
  hint(message: string): void {
    if (this.mode === "text") this.#aside(redact(message, this.#setup.secrets));
  }

  /** Said only with `--verbose`, in every mode. */
  detail(message: string): void {
    if (!this.isVerbose) return;
    const said = redact(message, this.#setup.secrets);
    if (this.mode === "text") this.#stderr(this.style.stderr("dim", printable(said)));
    else this.#stderr(printableJson({ event: "detail", message: said }));
  }

  /** Something is not as it should be, and the command goes on. */
  warning(message: string): void {
    const said = redact(message, this.#setup.secrets);
    if (this.mode === "text") this.#stderr(`${this.style.stderr("yellow", "warning")} ${printable(said)}`);
    else if (this.mode === "ndjson") this.#jsonLine({ event: "warning", message: said });
    else this.#stderr(printableJson({ event: "warning", message: said }));
  }

  /** Tells a thrown error and ends the output; the exit code is what the error means. */
  fail(error: unknown): ExitCode {
    const { info, exitCode, stack } = failureOf(error, this.#setup.secrets);
    this.failed(info, stack);
    this.done(exitCode);
    return exitCode;
  }

  /** Tells why what was asked for failed. */
  failed(error: ToldError, stack?: string): void {
    this.#failure = error;
    this.#error(error, stack);
  }

  /** The last word of an output. */
  done(exitCode: ExitCode): void {
    this.endLine();
    if (this.mode !== "ndjson") return;
    const result = this.#result === undefined ? {} : { result: this.#result };
    const error = this.#failure === undefined ? {} : { error: this.#failure };
    this.#jsonLine({ event: "done", ok: exitCode === EXIT.ok, exitCode, ...result, ...error });
  }

  #error(info: ToldError, stack: string | undefined): void {
    if (this.mode !== "text") {
      this.#stderr(printableJson({ schemaVersion: 1, error: { ...info, ...(this.isVerbose ? { stack } : {}) } }));
      return;
    }
    const { stderr } = this.style;
    this.#stderr(`${stderr("red", `error[${info.code}]`)} ${printable(info.message)}`);
    if (info.hint !== undefined && info.hint !== "") this.#stderr(`${stderr("bold", "fix:")} ${printable(info.hint)}`);
    if (this.isVerbose && stack !== undefined) this.#stderr(stderr("dim", printable(stack)));
  }

  #aside(text: string): void {
    if (!this.#setup.isQuiet) this.#stderr(printable(text));
  }

  #json(document: Fields): void {
    this.#setup.stdout.write(`${printableJson({ schemaVersion: 1, ...document }, 2)}\n`);
  }

  #jsonLine(fields: Fields): void {
    const { event, ...rest } = fields;
    this.#setup.stdout.write(`${printableJson({ event, schemaVersion: 1, ...rest })}\n`);
  }

  #stderr(line: string): void {
    this.endLine();
    this.#setup.stderr.write(`${line}\n`);
  }
}
