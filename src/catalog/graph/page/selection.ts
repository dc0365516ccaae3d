/** Which entry is looked at; every view shows it and may change it. */
export interface Selection {
  readonly id: string | undefined;
  choose(id: string | undefined): void;
  onChange(listener: (id: string | undefined) => void): void;
}

/** A selection that the page's address follows, so that links, reloads and the back button work. */
export function createSelection(isKnown: (id: string) => boolean): Selection {
  const listeners: ((id: string | undefined) => void)[] = [];
  const fromAddress = (): string | undefined => {
    const id = decoded(location.hash.slice(1));
    return isKnown(id) ? id : undefined;
  };
  let current = fromAddress();
  const change = (id: string | undefined): void => {
    if (id === current) return;
    current = id;
    for (const listener of listeners) listener(id);
  };
  addEventListener("hashchange", () => change(fromAddress()));
  return {
    get id() {
      return current;
    },
    choose: (id) => {
      if (id === current) return;
      history.pushState(null, "", `#${id === undefined ? "" : encodeURIComponent(id)}`);
      change(id);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // An address that somebody mistyped selects nothing.
    return "";
  }
}
