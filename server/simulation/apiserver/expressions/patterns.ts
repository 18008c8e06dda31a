/** Regular expressions of schemas and rules: RE2's, as in Go, so that no pattern can take longer than its text is long. */
import { RE2JS } from 're2js';

/** More compiled patterns than this are forgotten and compiled again. */
const MAX_KEPT = 1_000;
const compiled = new Map<string, RE2JS>();

/** @throws Error whose message is Go's. */
export function compilePattern(pattern: string): RE2JS {
  let known = compiled.get(pattern);
  if (!known) {
    known = RE2JS.compile(pattern);
    if (compiled.size >= MAX_KEPT) compiled.clear();
    compiled.set(pattern, known);
  }
  return known;
}

/** What is wrong with a pattern, in Go's words. */
export function patternProblem(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether a pattern is found in a text. A pattern that is none is found nowhere. */
export function matchesPattern(pattern: string, text: string): boolean {
  return patternProblem(pattern) === undefined && compilePattern(pattern).matcher(text).find();
}
