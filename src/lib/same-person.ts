/** Whether two names mean one person: case, spaces and invisible characters make no second one. */
export function isSamePerson(one: string, other: string): boolean {
  return fold(one) === fold(other);
}

/** One name of each person, the first that was given. */
export function differentPeople(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.findIndex((other) => isSamePerson(other, name)) === index);
}

/** Looser than equality on purpose: it only ever makes two names one person, never one person two. */
function fold(person: string): string {
  return person
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{Cc}\s]+/gu, "")
    .toLowerCase();
}
