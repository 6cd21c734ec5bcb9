import type { Ignorer } from '@stryker-mutator/api/ignore';

/** As much of Babel's syntax tree as is looked at. */
interface Syntax {
  readonly type: string;
  readonly expression?: Syntax;
  readonly argument?: Syntax | null;
  readonly callee?: Syntax;
  readonly property?: Syntax;
  readonly name?: string;
  readonly consequent?: Syntax;
  readonly alternate?: Syntax | null;
  readonly body?: readonly Syntax[];
}

const ASSERTION = /^(?:assert[A-Z]?\w*|warnOn|bugOn)$/;

/**
 * Leaves out what the code says about itself: statements that only assert, and errors with the
 * conditions under which they are thrown. A kernel warning whose answer is used is behaviour, and stays.
 */
export const ASSERTIONS: Ignorer = {
  shouldIgnore({ node }: { readonly node: Syntax }): string | undefined {
    return isAssertion(node) || isThrow(node) || isAll(node) ? 'an assertion' : undefined;
  },
};

function isAssertion({ type, expression }: Syntax): boolean {
  if (type !== 'ExpressionStatement' || expression?.type !== 'CallExpression') return false;
  const { callee } = expression;
  return ASSERTION.test(callee?.property?.name ?? callee?.name ?? '');
}

/** A block without anything else, which is mutated as a whole. */
function isAll({ type, body }: Syntax): boolean {
  return (
    type === 'BlockStatement' && body !== undefined && body.length > 0 && body.every(isAssertion)
  );
}

function isThrow({ type, consequent, alternate }: Syntax): boolean {
  if (type === 'ThrowStatement') return true;
  if (type !== 'IfStatement' || (alternate ?? null) !== null) return false;
  const { body } = consequent ?? {};
  const only = body === undefined ? consequent : body.length === 1 ? body[0] : undefined;
  return only?.type === 'ThrowStatement';
}
