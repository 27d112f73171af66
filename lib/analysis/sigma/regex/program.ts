import { TrailhoundError } from '../../../errors.ts';
import type { CharSet } from './char-set.ts';
import type { Assertion, RegexNode } from './parse.ts';

/** A state of Thompson's automaton. */
export type Instruction =
  | { readonly kind: 'set'; readonly set: CharSet; next: number }
  | { readonly kind: 'assert'; readonly assertion: Assertion; next: number }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'match' };

const MAX_INSTRUCTIONS = 20_000;

/** Compiles an expression; repetitions are unrolled, so that the size is bounded instead of the time. */
export function compileProgram(root: RegexNode): readonly Instruction[] {
  const program: Instruction[] = [];
  const emit = (instruction: Instruction): number => {
    if (program.length >= MAX_INSTRUCTIONS) {
      throw new TrailhoundError('limit', `a regular expression is bounded to ${MAX_INSTRUCTIONS} states`);
    }
    return program.push(instruction) - 1;
  };
  /** Emits code that goes on to `next`; gives its entry. Written backwards: what follows is known first. */
  const compile = (node: RegexNode, next: number): number => {
    switch (node.kind) {
      case 'set':
        return emit({ kind: 'set', set: node.set, next });
      case 'assert':
        return emit({ kind: 'assert', assertion: node.assertion, next });
      case 'sequence':
        return node.nodes.reduceRight((following, item) => compile(item, following), next);
      case 'choice':
        return node.nodes
          .map((branch) => compile(branch, next))
          .reduceRight((other, entry) => emit({ kind: 'split', next: entry, other }));
      case 'repeat': {
        let entry = next;
        if (node.max === Number.POSITIVE_INFINITY) {
          entry = emit({ kind: 'split', next, other: next });
          (program[entry] as { other: number }).other = compile(node.node, entry);
        } else {
          for (let i = node.min; i < node.max; i++)
            entry = emit({ kind: 'split', next, other: compile(node.node, entry) });
        }
        for (let i = 0; i < node.min; i++) entry = compile(node.node, entry);
        return entry;
      }
    }
  };
  const match = emit({ kind: 'match' });
  const start = compile(root, match);
  // The entry is put last, where the matcher looks for it.
  emit({ kind: 'split', next: start, other: start });
  return program;
}
