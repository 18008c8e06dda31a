/** «Did you mean this?» of spf13/cobra. */

/** Edits between two texts, ignoring case (Levenshtein). */
export function distance(x: string, y: string): number {
  const [a, b] = [x.toLowerCase(), y.toLowerCase()];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min((previous[j] as number) + 1, (row[j - 1] as number) + 1, (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    previous = row;
  }
  return previous[b.length] as number;
}

/** Names at most two edits away, or of which the typed text is a beginning. */
export function suggestions(typed: string, names: readonly string[]): string[] {
  return names.filter((name) => distance(typed, name) <= 2 || name.toLowerCase().startsWith(typed.toLowerCase()));
}
