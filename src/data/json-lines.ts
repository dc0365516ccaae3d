/** Where the keys of a JSON text are, and what is wrong with it. */
export interface JsonLines {
  /** JSON of a path to the line of its key or element. */
  readonly lines: ReadonlyMap<string, number>;
  readonly problems: readonly JsonProblem[];
}

/** The first thing wrong in a JSON text: bad syntax, or a key that is there twice. */
export interface JsonProblem {
  readonly line: number;
  readonly text: string;
}

/** Finds the line of every key. Its messages never quote a value. */
export function jsonLines(text: string): JsonLines {
  const scanner = new JsonScanner(text);
  return { lines: scanner.lines, problems: scanner.scan() };
}

const DEPTH = 200;
const TOKEN =
  /[{}[\],:]|"(?:[^"\\\n\r]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)\b/uy;

class JsonScanner {
  readonly lines = new Map<string, number>();
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): readonly JsonProblem[] {
    try {
      this.#value([]);
      this.#skipSpace();
      if (this.#at < this.#text.length) throw new Broken(this.#line, "the file must end after its value");
      return [];
    } catch (problem) {
      if (problem instanceof Broken) return [{ line: problem.line, text: problem.message }];
      throw problem;
    }
  }

  #value(path: readonly PropertyKey[]): void {
    if (path.length > DEPTH) throw new Broken(this.#line, `values must nest at most ${DEPTH} deep`);
    const token = this.#next("a value");
    if (token === "{") this.#object(path);
    else if (token === "[") this.#array(path);
    else if ("}],:".includes(token)) throw new Broken(this.#line, `expected a value, received "${token}"`);
  }

  #object(path: readonly PropertyKey[]): void {
    if (this.#peek() === "}") return void this.#next("}");
    for (;;) {
      const token = this.#next("a key in double quotes");
      if (!token.startsWith('"')) throw new Broken(this.#line, `expected a key in double quotes, received "${token}"`);
      const key = token.includes("\\") ? unescaped(token) : token.slice(1, -1);
      const id = JSON.stringify([...path, key]);
      const before = this.lines.get(id);
      if (before !== undefined)
        throw new Broken(this.#line, `the key ${JSON.stringify(key)} is on line ${before} already`);
      this.lines.set(id, this.#line);
      this.#expect(":", `":" after the key ${JSON.stringify(key)}`);
      this.#value([...path, key]);
      if (this.#expect(",}", '"," or "}"') === "}") return;
    }
  }

  #array(path: readonly PropertyKey[]): void {
    if (this.#peek() === "]") return void this.#next("]");
    for (let index = 0; ; index++) {
      this.#skipSpace();
      this.lines.set(JSON.stringify([...path, index]), this.#line);
      this.#value([...path, index]);
      if (this.#expect(",]", '"," or "]"') === "]") return;
    }
  }

  #expect(allowed: string, phrase: string): string {
    const token = this.#next(phrase);
    if (token.length === 1 && allowed.includes(token)) return token;
    throw new Broken(this.#line, `expected ${phrase}, received ${token.length === 1 ? `"${token}"` : "a value"}`);
  }

  #next(expected: string): string {
    this.#skipSpace();
    TOKEN.lastIndex = this.#at;
    const token = TOKEN.exec(this.#text)?.[0];
    if (token !== undefined) {
      this.#at += token.length;
      return token;
    }
    const found = this.#at < this.#text.length ? "something that is not JSON" : "the end of the file";
    throw new Broken(this.#line, `expected ${expected}, received ${found}`);
  }

  #peek(): string | undefined {
    this.#skipSpace();
    return this.#text[this.#at];
  }

  #skipSpace(): void {
    for (; " \t\r\n".includes(this.#text[this.#at] ?? "x"); this.#at++) if (this.#text[this.#at] === "\n") this.#line++;
  }
}

function unescaped(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}

class Broken extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}
