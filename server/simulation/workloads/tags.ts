/** Which tags of a repository exist. */

/** Tags that are a version (`7`, `1.27`, `1.27.3`) with an optional variant (`-alpine`, `-alpine3.20`, `-bookworm`), or a word of the list. */
export function versions(pattern: RegExp, words: string[]): (tag: string) => boolean {
  const known = new Set(words);
  return (tag) => known.has(tag) || pattern.test(tag);
}

export function exactly(...tags: string[]): (tag: string) => boolean {
  const known = new Set(tags);
  return (tag) => known.has(tag);
}
