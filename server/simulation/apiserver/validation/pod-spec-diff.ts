/** The difference of two pod specs, as the API server appends it to the refusal of a change (`apimachinery/pkg/util/diff.Diff`). */
import { goJson, internalPodSpec } from './internal-form.ts';
import { unifiedDiff } from './unified-diff.ts';

type Json = Record<string, unknown>;

/** The unified difference of the internal forms, three lines of context, without file names. */
export function podSpecDifference(before: Json, after: Json): string {
  const text = (spec: Json): string => goJson(internalPodSpec(spec), 1);
  return unifiedDiff(text(before), text(after));
}
