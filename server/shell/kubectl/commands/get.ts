import { parseQuantity, type Quantity } from '../../../simulation/apiserver/quantity.ts';
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { shownName, type ServedResource, type Table } from '../framework/client.ts';
import { FILE_FLAGS, PRINT_FLAGS, SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, PlainError, throwAll } from '../framework/errors.ts';
import { parseDuration } from '../framework/flags.ts';
import { mapManifest, readManifests } from '../framework/manifests.ts';
import { listFailure, parseTargets, selectorQuery, type Selection, type Target } from '../framework/resources.ts';
import { evaluate, parseFieldPath } from '../../../simulation/json-path.ts';
import { printerFor, type ObjectPrinter, type Printable } from '../printers/output.ts';
import { headerCells, layOutCells, rowCells, type TableOptions } from '../printers/table.ts';
import { asServed } from '../printers/json.ts';

const NOT_SPECIFIED =
  'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples';

/** One request for a table: a list, or one object. */
interface TableRequest {
  resource: ServedResource;
  namespace: string | undefined;
  name?: string;
}

class GetRun {
  constructor(
    readonly kubectl: Kubectl,
    readonly printer: ObjectPrinter | undefined,
  ) {}

  get allNamespaces(): boolean {
    return this.kubectl.flags.bool('all-namespaces');
  }

  get query(): Record<string, string> {
    const { flags } = this.kubectl;
    return selectorQuery({ labelSelector: flags.string('selector'), fieldSelector: flags.string('field-selector') });
  }

  tableOptions(resource: ServedResource, many: boolean): TableOptions {
    const { flags } = this.kubectl;
    const kinds = many || flags.bool('show-kind');
    return {
      wide: flags.string('output') === 'wide',
      noHeaders: flags.bool('no-headers'),
      withNamespace: this.allNamespaces && resource.namespaced,
      showLabels: flags.bool('show-labels'),
      labelColumns: flags.list('label-columns'),
      namePrefix: kinds ? shownName(resource, '') : '',
    };
  }

  path({ resource, namespace, name }: TableRequest): string {
    const subresource = this.kubectl.flags.string('subresource') || undefined;
    return this.kubectl.client.path(resource, namespace, name, name === undefined ? undefined : subresource);
  }

  /** Whether a request goes to one namespace. */
  namespaceOf(resource: ServedResource): string | undefined {
    return resource.namespaced && !this.allNamespaces ? this.kubectl.namespace : undefined;
  }

  /** Tables of all requests, one below the other. */
  async tables(requests: readonly TableRequest[], named: boolean): Promise<void> {
    const errors: unknown[] = [];
    const many = new Set(requests.map((request) => request.resource)).size > 1;
    const groups: { resource: ServedResource; table: Table }[] = [];
    for (const request of requests) {
      try {
        // To sort, the whole objects are needed and not only their metadata.
        const whole: Record<string, string> = this.kubectl.flags.string('sort-by') === '' ? {} : { includeObject: 'Object' };
        const answer = this.kubectl.client.table(this.path(request), { ...whole, ...(request.name === undefined ? this.query : {}) });
        const table = await (request.name === undefined ? answer : this.kubectl.client.inNamespace(request.namespace, answer));
        const last = groups[groups.length - 1];
        if (last?.resource === request.resource && named) last.table.rows.push(...table.rows);
        else groups.push({ resource: request.resource, table });
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'ServerError') throw error;
        if (this.kubectl.flags.bool('ignore-not-found') && (error as unknown as { status: { code: number } }).status.code === 404) continue;
        errors.push(request.name === undefined ? listFailure(error, request.resource, this.query) : error);
      }
    }
    const filled = groups.filter(({ table }) => table.rows.length > 0);
    filled.forEach(({ resource, table }, i) => {
      this.sort(table);
      const options = this.tableOptions(resource, many);
      const lines = table.rows.map((row) => rowCells(table, row, options));
      if (!options.noHeaders) lines.unshift(headerCells(table, options));
      this.kubectl.out((i > 0 ? '\n' : '') + layOutCells(lines));
    });
    if (filled.length === 0 && errors.length === 0 && !this.kubectl.flags.bool('ignore-not-found')) this.nothingFound(requests);
    throwAll(errors);
  }

  nothingFound(requests: readonly TableRequest[]): void {
    const namespaced = requests.every((request) => request.resource.namespaced);
    this.kubectl.err(namespaced && !this.allNamespaces ? `No resources found in ${this.kubectl.namespace} namespace.\n` : 'No resources found\n');
  }

  sort(table: Table): void {
    const by = this.kubectl.flags.string('sort-by');
    if (by === '') return;
    const path = parseFieldPath(by);
    const keyed = table.rows.map((row) => ({ row, key: evaluate(path, row.object, row.object, { allowMissing: true })[0] }));
    if (keyed.length > 0 && keyed.every(({ key }) => key === undefined)) throw new KubectlError(`couldn't find any field with path "${by.startsWith('{') ? by : `{${by.startsWith('.') ? '' : '.'}${by}}`}" in the list of objects`);
    keyed.sort((x, y) => compareValues(x.key, y.key));
    table.rows = keyed.map(({ row }) => row);
  }

  /** Objects in a format other than the table. */
  async objects(requests: readonly TableRequest[], named: boolean): Promise<void> {
    const printer = this.printer as ObjectPrinter;
    const errors: unknown[] = [];
    const items: Printable[] = [];
    for (const request of requests) {
      try {
        if (request.name === undefined) {
          const list = await this.kubectl.client.list(request.resource, request.namespace, this.query);
          items.push(...list.items.map((object) => ({ resource: request.resource, object })));
        } else items.push({ resource: request.resource, object: await this.kubectl.client.get(request.resource, request.namespace, request.name, this.kubectl.flags.string('subresource') || undefined) });
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'ServerError') throw error;
        if (this.kubectl.flags.bool('ignore-not-found') && (error as unknown as { status: { code: number } }).status.code === 404) continue;
        errors.push(request.name === undefined ? listFailure(error, request.resource, this.query) : error);
      }
    }
    const by = this.kubectl.flags.string('sort-by');
    if (by !== '') {
      const path = parseFieldPath(by);
      items.sort((x, y) => compareValues(evaluate(path, x.object, x.object, { allowMissing: true })[0], evaluate(path, y.object, y.object, { allowMissing: true })[0]));
    }
    const single = named && requests.length === 1;
    if (single && items[0]) this.kubectl.out(printer.one(items[0]));
    else if (!single && (items.length > 0 || errors.length === 0)) this.kubectl.out(printer.list(items, { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' } }));
    throwAll(errors);
  }

  /** `-w` and `--watch-only`. */
  async watch(requests: readonly TableRequest[], selection: Selection): Promise<void> {
    const { kubectl } = this;
    const [request] = requests;
    if (!request || new Set(requests.map((each) => each.resource)).size > 1 || (selection.named && requests.length > 1)) {
      throw new KubectlError('you may only specify a single resource type');
    }
    const withEvents = kubectl.flags.bool('output-watch-events');
    const options = (type: string): TableOptions => ({ ...this.tableOptions(request.resource, false), ...(withEvents ? { event: type } : {}) });
    const query: Record<string, string> = { ...this.query, ...(request.name === undefined ? {} : { fieldSelector: `metadata.name=${request.name}` }) };
    let headers = !kubectl.flags.bool('no-headers');
    let widths: number[] = [];
    // Only the first table of a stream names its columns.
    let columns: Table['columnDefinitions'] = [];
    const print = ({ columnDefinitions, ...rest }: Table, type: string): void => {
      if (columnDefinitions.length > 0) columns = columnDefinitions;
      const table: Table = { ...rest, columnDefinitions: columns };
      const lines = table.rows.map((row) => rowCells(table, row, options(type)));
      if (headers) lines.unshift(headerCells(table, options(type)));
      headers = false;
      widths = remembered(lines, widths);
      kubectl.out(lines.map((cells) => cells.map((cell, i) => (i < cells.length - 1 ? cell.padEnd(widths[i] as number) : cell)).join('') + '\n').join(''));
    };
    let resourceVersion: string | undefined;
    if (!kubectl.flags.bool('watch-only')) {
      const path = this.path(request);
      if (this.printer) {
        const body = await kubectl.client.request({ method: 'GET', path, ...(request.name === undefined ? { query: this.query } : {}) });
        const object = body as KubeObject & { items?: KubeObject[] };
        resourceVersion = object.metadata.resourceVersion;
        for (const item of object.items ?? [object]) kubectl.out(this.printer.one({ resource: request.resource, object: item }));
      } else {
        const table = await kubectl.client.table(path, request.name === undefined ? this.query : {});
        resourceVersion = table.metadata.resourceVersion;
        if (table.rows.length > 0) print(table, 'ADDED');
      }
    } else {
      const list = await kubectl.client.list(request.resource, request.namespace, query);
      resourceVersion = list.metadata.resourceVersion;
    }
    const limit = parseDuration(kubectl.flags.string('request-timeout')) ?? 0;
    const timeout = new AbortController();
    const stop = (): void => timeout.abort();
    kubectl.signal.addEventListener('abort', stop, { once: true });
    if (limit > 0) void kubectl.context.host.sleep(limit, timeout.signal).then(stop, () => undefined);
    await kubectl.client.watch(
      kubectl.client.path(request.resource, request.namespace),
      { ...query, ...(resourceVersion ? { resourceVersion } : {}) },
      !this.printer,
      (event) => {
        if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
        if (this.printer) kubectl.out(this.printer.one({ resource: request.resource, object: event.object as KubeObject }));
        else {
          const table = event.object as Table;
          print({ ...table, columnDefinitions: table.columnDefinitions ?? [] }, event.type);
        }
      },
      timeout.signal,
    );
    stop();
  }
}

/** Widths that columns keep from line to line (`RememberWidths`). */
function remembered(lines: readonly string[][], before: readonly number[]): number[] {
  const widths = [...before];
  for (const cells of lines) cells.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 6, cell.length + 3)));
  return widths;
}

/** Order of --sort-by: numbers, times and quantities as such, texts in natural order (`web-2` before `web-10`). What is missing comes first. */
function compareValues(x: unknown, y: unknown): number {
  if (x === undefined || x === null) return y === undefined || y === null ? 0 : -1;
  if (y === undefined || y === null) return 1;
  if (typeof x === 'number' && typeof y === 'number') return x - y;
  const [left, right] = [String(x), String(y)];
  const [leftAmount, rightAmount] = [quantityOf(left), quantityOf(right)];
  if (leftAmount !== undefined && rightAmount !== undefined) return leftAmount.compare(rightAmount);
  return compareNaturally(left, right);
}

function quantityOf(text: string): Quantity | undefined {
  try {
    return parseQuantity(text);
  } catch {
    return undefined;
  }
}

/** Runs of digits compare as numbers, the rest by code unit. */
function compareNaturally(x: string, y: string): number {
  const [left, right] = [x.match(/\d+|\D/g) ?? [], y.match(/\d+|\D/g) ?? []];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [a, b] = [left[i] as string, right[i] as string];
    if (/^\d/.test(a) && /^\d/.test(b)) {
      const [m, n] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
      if (m.length !== n.length) return m.length - n.length;
      if (m !== n) return m < n ? -1 : 1;
    } else if (a !== b) return a < b ? -1 : 1;
  }
  return left.length - right.length;
}

export const get: KubectlCommand = {
  name: 'get',
  summary: 'Display one or many resources',
  usage: '[(-o|--output=)FORMAT] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]',
  long: 'Prints a table of the most important facts about resources, or whole objects in another format.',
  examples: '  # Pods of the current namespace\n  kubectl get pods\n\n  # One deployment as YAML\n  kubectl get deployment web -o yaml',
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    ...SELECTOR_FLAGS,
    { name: 'all-namespaces', short: 'A', type: 'bool' },
    { name: 'watch', short: 'w', type: 'bool' },
    { name: 'watch-only', type: 'bool' },
    { name: 'output-watch-events', type: 'bool' },
    { name: 'field-selector', type: 'string' },
    { name: 'ignore-not-found', type: 'bool' },
    { name: 'label-columns', short: 'L', type: 'list' },
    { name: 'no-headers', type: 'bool' },
    { name: 'show-kind', type: 'bool' },
    { name: 'show-labels', type: 'bool' },
    { name: 'sort-by', type: 'string' },
    { name: 'chunk-size', type: 'int', default: 500 },
    { name: 'server-print', type: 'bool', default: true },
    { name: 'subresource', type: 'string' },
    { name: 'raw', type: 'string' },
  ],
  async run(kubectl) {
    const { flags } = kubectl;
    if (flags.given('raw')) {
      const body = await kubectl.client.request({ method: 'GET', path: flags.string('raw') });
      kubectl.out(typeof body === 'string' ? body : `${JSON.stringify(asServed(body))}\n`);
      return;
    }
    const printer = printerFor(kubectl, true);
    const run = new GetRun(kubectl, printer);
    if (flags.given('filename')) {
      const { manifests, errors } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
      throwAll(errors);
      const requests: TableRequest[] = [];
      for (const manifest of manifests) {
        const { resource, namespace, name } = await mapManifest(kubectl, manifest, false);
        requests.push({ resource, namespace, name });
      }
      return printer ? run.objects(requests, true) : run.tables(requests, true);
    }
    if (kubectl.args.length === 0) throw new PlainError(NOT_SPECIFIED);
    const selection = await parseTargets(kubectl.client, kubectl.args);
    if (selection.named && flags.bool('all-namespaces')) throw new KubectlError('a resource cannot be retrieved by name across all namespaces');
    if (selection.named && (flags.given('selector') || flags.given('field-selector'))) throw new KubectlError('name cannot be provided when a selector is specified');
    const requests = selection.targets.map(({ resource, name }: Target): TableRequest => ({ resource, namespace: run.namespaceOf(resource), ...(name === undefined ? {} : { name }) }));
    if (flags.bool('watch') || flags.bool('watch-only')) return run.watch(requests, selection);
    return printer ? run.objects(requests, selection.named) : run.tables(requests, selection.named);
  },
};
