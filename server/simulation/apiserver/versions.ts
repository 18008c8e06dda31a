/** Names of API versions in the order of preference: `v2`, `v1`, `v2beta1`, `v1alpha1`, then others (`k8s.io/apimachinery/pkg/version`). */
const KUBE = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
const STABILITY: Record<string, number> = { alpha: 0, beta: 1 };

/** Negative when x is to be preferred. */
export function compareVersions(x: string, y: string): number {
  const [left, right] = [KUBE.exec(x), KUBE.exec(y)];
  if (!left || !right) return left ? -1 : right ? 1 : x < y ? -1 : x > y ? 1 : 0;
  const rank = ([, major, stability, minor]: RegExpExecArray): number[] => [stability === undefined ? 2 : (STABILITY[stability] as number), Number(major), Number(minor ?? 0)];
  const [a, b] = [rank(left), rank(right)];
  for (const [index, value] of a.entries()) if (value !== b[index]) return (b[index] as number) - value;
  return 0;
}
