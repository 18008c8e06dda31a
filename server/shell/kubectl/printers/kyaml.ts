/** KYAML: YAML that is always in flow style, with quoted strings and commas at the ends (`sigs.k8s.io/yaml/kyaml`). */

/** Keys that need no quotes: words that YAML does not take for something else. */
const PLAIN_KEY = /^[A-Za-z_][\w./-]*$/;
const AMBIGUOUS = /^(y|yes|n|no|true|false|on|off|null|~)$/i;

function key(name: string): string {
  return PLAIN_KEY.test(name) && !AMBIGUOUS.test(name) ? name : JSON.stringify(name);
}

function write(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    // Brackets of what stands in a list stand beside those of the list.
    if (value.every((item) => item !== null && typeof item === 'object' && Object.keys(item).length > 0)) return `[${value.map((item) => write(item, indent)).join(', ')}]`;
    return `[\n${value.map((item) => `${indent}  ${write(item, `${indent}  `)},\n`).join('')}${indent}]`;
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value);
    if (entries.length === 0) return '{}';
    return `{\n${entries.map(([name, item]) => `${indent}  ${key(name)}: ${write(item, `${indent}  `)},\n`).join('')}${indent}}`;
  }
  if (typeof value === 'string' && value.includes('\n')) return multiline(value, indent);
  return JSON.stringify(value);
}

/** Text of several lines is broken where its lines end. */
function multiline(text: string, indent: string): string {
  const lines = text.split('\n');
  const parts = lines.map((line, i) => `${JSON.stringify(line).slice(1, -1)}${i < lines.length - 1 ? '\\n' : ''}`);
  return `"\\\n${parts.filter((part) => part !== '').map((part) => `${indent}   ${part}`).join('\\\n')}\\\n${indent}  "`;
}

/** An object as a document of its own, with its fields in the order that they have. */
export function toKyaml(value: unknown): string {
  return `---\n${write(value, '')}\n`;
}
