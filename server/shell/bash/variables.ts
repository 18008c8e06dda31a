/** Shell variables with their attributes, and the scopes of functions. */
import { ExpansionError } from './errors.ts';

export interface Variable {
  value: string | string[] | undefined;
  exported: boolean;
  readonly: boolean;
}

/** All variables of a terminal together may hold this much. */
const MAX_TOTAL_CHARACTERS = 32 * 1024 * 1024;

export class VariableStore {
  #scopes: Map<string, Variable>[];
  #total = 0;

  constructor(scopes: Map<string, Variable>[] = [new Map()]) {
    this.#scopes = scopes;
  }

  /** A copy for a subshell. */
  clone(): VariableStore {
    const copy = new VariableStore(this.#scopes.map((scope) => new Map([...scope].map(([name, variable]) => [name, { ...variable, value: Array.isArray(variable.value) ? [...variable.value] : variable.value }]))));
    copy.#total = this.#total;
    return copy;
  }

  find(name: string): Variable | undefined {
    for (let at = this.#scopes.length - 1; at >= 0; at--) {
      const variable = this.#scopes[at]?.get(name);
      if (variable) return variable;
    }
    return undefined;
  }

  /** The value of a plain variable, or the first element of an array. */
  get(name: string): string | undefined {
    const value = this.find(name)?.value;
    return Array.isArray(value) ? value[0] : value;
  }

  elements(name: string): string[] | undefined {
    const value = this.find(name)?.value;
    if (value === undefined) return undefined;
    return Array.isArray(value) ? value : [value];
  }

  /** @throws ExpansionError when it is read-only. */
  set(name: string, value: string | string[]): void {
    const variable = this.find(name);
    if (variable?.readonly) throw new ExpansionError(`${name}: readonly variable`);
    this.#count(value);
    if (variable) {
      if (Array.isArray(variable.value) && !Array.isArray(value)) variable.value[0] = value;
      else variable.value = value;
    } else (this.#scopes[0] as Map<string, Variable>).set(name, { value, exported: false, readonly: false });
  }

  setElement(name: string, index: number, value: string): void {
    const elements = [...(this.elements(name) ?? [])];
    const at = index < 0 ? elements.length + index : index;
    if (at < 0 || at > 100_000) throw new ExpansionError(`${name}[${index}]: bad array subscript`);
    while (elements.length < at) elements.push('');
    elements[at] = value;
    this.set(name, elements);
  }

  /** A variable of the innermost function. */
  declareLocal(name: string, value: string | string[] | undefined): void {
    const outer = this.find(name);
    (this.#scopes.at(-1) as Map<string, Variable>).set(name, { value, exported: outer?.exported ?? false, readonly: false });
  }

  unset(name: string): void {
    if (this.find(name)?.readonly) throw new ExpansionError(`${name}: cannot unset: readonly variable`);
    for (let at = this.#scopes.length - 1; at >= 0; at--) if (this.#scopes[at]?.delete(name)) return;
  }

  mark(name: string, attributes: Partial<Omit<Variable, 'value'>>): void {
    const variable = this.find(name);
    if (variable) Object.assign(variable, attributes);
    else (this.#scopes[0] as Map<string, Variable>).set(name, { value: undefined, exported: false, readonly: false, ...attributes });
  }

  get depth(): number {
    return this.#scopes.length;
  }

  enterFunction(): void {
    this.#scopes.push(new Map());
  }

  leaveFunction(): void {
    this.#scopes.pop();
  }

  /** Exported variables with values. */
  environment(): Record<string, string> {
    const environment: Record<string, string> = {};
    for (const scope of this.#scopes) {
      for (const [name, variable] of scope) {
        if (variable.exported && typeof variable.value === 'string') environment[name] = variable.value;
        else delete environment[name];
      }
    }
    return environment;
  }

  names(): string[] {
    return [...new Set(this.#scopes.flatMap((scope) => [...scope.keys()]))].sort();
  }

  #count(value: string | string[]): void {
    this.#total += Array.isArray(value) ? value.reduce((sum, text) => sum + text.length, 0) : value.length;
    if (this.#total <= MAX_TOTAL_CHARACTERS) return;
    // What was written so far counts what has been replaced since: measure again before refusing.
    this.#total = 0;
    for (const scope of this.#scopes) for (const { value: held } of scope.values()) this.#total += Array.isArray(held) ? held.join('').length : (held?.length ?? 0);
    if (this.#total > MAX_TOTAL_CHARACTERS) throw new ExpansionError('cannot allocate memory');
  }
}
