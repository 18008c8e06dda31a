/** `echo -e` and `printf`. */

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v', '\\': '\\', '"': '"', "'": "'" };

/** Replaces `\n`, `\t`, `\0NNN`, `\xHH`. */
export function unescaped(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|0[0-7]{0,3}|[1-7][0-7]{0,2}|e|[\s\S])/g, (whole, code: string) => {
    if (code === 'e') return '\u001b';
    if (code.startsWith('x') && code.length > 1) return String.fromCharCode(parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8));
    return ESCAPES[code] ?? whole;
  });
}

/** `printf FORMAT ARGS…`: the format is used again while arguments are left. */
export function formatted(format: string, args: readonly string[]): string {
  const text = unescaped(format);
  const rest = [...args];
  let result = '';
  do {
    const before = rest.length;
    result += text.replace(/%(-?0?\d*)(?:\.(\d+))?([sdiuxXocbf%q])/g, (_whole, flags: string, precision: string | undefined, kind: string) => {
      if (kind === '%') return '%';
      const argument = rest.shift() ?? '';
      let value: string;
      switch (kind) {
        case 'd':
        case 'i':
        case 'u':
          value = String(Math.trunc(Number(argument)) || 0);
          break;
        case 'x':
          value = (Math.trunc(Number(argument)) || 0).toString(16);
          break;
        case 'X':
          value = (Math.trunc(Number(argument)) || 0).toString(16).toUpperCase();
          break;
        case 'o':
          value = (Math.trunc(Number(argument)) || 0).toString(8);
          break;
        case 'f':
          value = (Number(argument) || 0).toFixed(precision === undefined ? 6 : Number(precision));
          break;
        case 'c':
          value = argument.slice(0, 1);
          break;
        case 'b':
          value = unescaped(argument);
          break;
        default:
          value = precision === undefined ? argument : argument.slice(0, Number(precision));
      }
      const width = Number(/\d+$/.exec(flags)?.[0] ?? 0);
      if (flags.startsWith('-')) return value.padEnd(width);
      return flags.startsWith('0') ? value.padStart(width, '0') : value.padStart(width);
    });
    if (rest.length === before) break;
  } while (rest.length > 0);
  return result;
}
