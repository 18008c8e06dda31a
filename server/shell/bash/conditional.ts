/** What `[[ … ]]` decides: like `test`, but its words are not split, and its right sides may be patterns. */
import type { Conditional, Word } from './ast.ts';
import { evaluateTest } from './builtins/test.ts';
import { Pattern } from './pattern.ts';
import { matchRegularExpression } from './regular-expression.ts';
import type { Shell } from './shell.ts';

/** Whether the expression holds. A match of `=~` is kept in BASH_REMATCH. @throws ExpansionError */
export async function conditionHolds(expression: Conditional, shell: Shell): Promise<boolean> {
  const { expander } = shell;
  switch (expression.kind) {
    case 'not':
      return !(await conditionHolds(expression.operand, shell));
    case 'and':
      return (await conditionHolds(expression.left, shell)) && conditionHolds(expression.right, shell);
    case 'or':
      return (await conditionHolds(expression.left, shell)) || conditionHolds(expression.right, shell);
    case 'unary':
      return evaluateTest([expression.operator, await expander.word(expression.operand)], shell);
    case 'binary': {
      const { operator } = expression;
      const left = await expander.word(expression.left);
      if (operator === '=' || operator === '==' || operator === '!=') {
        return new Pattern(await expander.pieces(expression.right)).matches(left) === (operator !== '!=');
      }
      if (operator === '=~') return matchesRegularExpression(left, expression.right, shell);
      const right = await expander.word(expression.right);
      if (operator === '<') return left < right;
      if (operator === '>') return left > right;
      if (/^-(eq|ne|lt|le|gt|ge)$/.test(operator)) {
        const number = (text: string): Promise<bigint> => expander.arithmetic({ parts: [{ kind: 'text', text, quoted: true }], source: text });
        return evaluateTest([String(await number(left)), operator, String(await number(right))], shell);
      }
      return evaluateTest([left, operator, right], shell);
    }
  }
}

async function matchesRegularExpression(text: string, word: Word, shell: Shell): Promise<boolean> {
  const pieces = await shell.expander.pieces(word);
  const source = pieces.map((piece) => (piece.quoted ? piece.text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&') : piece.text)).join('');
  const groups = matchRegularExpression(source, text);
  shell.variables.set('BASH_REMATCH', groups ?? []);
  return groups !== undefined;
}
