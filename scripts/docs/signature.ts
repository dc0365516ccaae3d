import type { Node } from "typescript/unstable/ast";
import {
  isClassDeclaration,
  isConstructorDeclaration,
  isFunctionDeclaration,
  isMethodDeclaration,
  isVariableDeclaration,
} from "typescript/unstable/ast/is";

/** A name that an entry point exports, with the places that declare it: a value and a type may share one. */
export interface ExportedName {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly comment: string;
  readonly nodes: readonly Node[];
}

/** How a name is declared, without what its functions do. */
export interface Signature {
  readonly kind: "function" | "class" | "type";
  readonly text: string;
}

/** The declaration of a name as the source has it. */
export function signatureOf({ nodes }: ExportedName): Signature {
  const text = nodes.map(declarationText).join("\n\n");
  if (nodes.some(isFunctionDeclaration)) return { kind: "function", text };
  return { kind: nodes.some(isClassDeclaration) ? "class" : "type", text };
}

function declarationText(node: Node): string {
  const { text } = node.getSourceFile();
  if (isVariableDeclaration(node)) return `const ${text.slice(node.getStart(), node.end)};`;
  const cuts = bodiesOf(node);
  const pieces = cuts.map(({ start }, index) => text.slice(cuts[index - 1]?.end ?? node.getStart(), start).trimEnd());
  const last = text.slice(cuts.at(-1)?.end ?? node.getStart(), node.end);
  return [...pieces.map((piece) => `${piece};`), last].join("").replace(/^export /, "");
}

interface Cut {
  readonly start: number;
  readonly end: number;
}

function bodiesOf(node: Node): readonly Cut[] {
  const owners = isClassDeclaration(node) ? [...node.members] : [node];
  return owners.flatMap((owner) => {
    const hasBody = isFunctionDeclaration(owner) || isMethodDeclaration(owner) || isConstructorDeclaration(owner);
    return hasBody && owner.body !== undefined ? [{ start: owner.body.getStart(), end: owner.body.end }] : [];
  });
}
