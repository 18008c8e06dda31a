/** JSON merge patch (RFC 7386). */

/** A new value; neither argument is changed. */
export function applyMergePatch(current: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const base = current !== null && typeof current === 'object' && !Array.isArray(current) ? (current as Record<string, unknown>) : {};
  const result: Record<string, unknown> = { ...base };
  for (const key of Object.keys(patch)) {
    const value = (patch as Record<string, unknown>)[key];
    if (value === null) delete result[key];
    else result[key] = applyMergePatch(base[key], value);
  }
  return result;
}
