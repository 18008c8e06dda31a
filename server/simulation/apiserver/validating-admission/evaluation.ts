/** What a policy says of a request (`apiserver/pkg/admission/plugin/policy/validating/validator.go`). */
import { failureOf, messageOf, type Compiled } from '../expressions/compiler.ts';
import type { PolicySpec } from './types.ts';
import { policyCompiler } from './expressions.ts';

/** Why a request is refused. */
export interface Denial {
  message: string;
  reason: string;
}

type Variables = Record<string, unknown>;

const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** @throws Error with what went wrong. */
function run(expression: string, variables: Variables): unknown {
  const program: Compiled = policyCompiler.compile(expression);
  if (program.problem !== undefined) throw new Error(program.problem);
  if (program.exceedsBudget(variables.object, variables.oldObject, variables.params)) throw new Error(OUT_OF_BUDGET);
  return program.run(variables);
}

/** The policy's own variables. One that fails is absent, which fails whoever uses it. */
function withVariables(spec: PolicySpec, given: Variables): Variables {
  const own = new Map<string, unknown>();
  const variables = { ...given, variables: own };
  for (const { name, expression } of spec.variables ?? []) {
    try {
      own.set(name, run(expression, variables));
    } catch {
      own.delete(name);
    }
  }
  return variables;
}

/** Every denial of one policy for one set of parameters; none when it does not apply. */
export function evaluate(spec: PolicySpec, given: Variables): Denial[] {
  const failed = (message: string): Denial[] => (spec.failurePolicy === 'Ignore' ? [] : [{ message, reason: 'Invalid' }]);
  const variables = withVariables(spec, given);
  for (const { expression } of spec.matchConditions ?? []) {
    try {
      if (run(expression, variables) !== true) return [];
    } catch (error) {
      return failed(`expression '${expression}' resulted in error: ${failureOf(error)}`);
    }
  }
  return (spec.validations ?? []).flatMap(({ expression, message, messageExpression, reason = 'Invalid' }) => {
    try {
      if (run(expression, variables) === true) return [];
    } catch (error) {
      return failed(`expression '${expression}' resulted in error: ${failureOf(error)}`);
    }
    return [{ message: (messageExpression ? messageOf(policyCompiler.compile(messageExpression), variables) : undefined) ?? message?.trim() ?? `failed expression: ${expression.trim()}`, reason }];
  });
}
