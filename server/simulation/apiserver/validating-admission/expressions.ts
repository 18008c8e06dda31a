/** The variables that expressions of admission policies see (`apiserver/pkg/admission/plugin/cel`). `authorizer` is not there. */
import { ExpressionCompiler } from '../expressions/compiler.ts';

export const VARIABLES = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables'];

export const policyCompiler = new ExpressionCompiler(VARIABLES);
