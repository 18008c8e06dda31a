/**
 * What two runs may differ in without being compared at all: times and ages, figures that are not real, and the node that a
 * pod went to. Each is replaced by a mark, so that one of its kind equals any other of its kind and nothing else.
 */

/** A duration with a unit that leaves no doubt; `5m` alone could be a quantity of CPU. */
const DURATION = String.raw`(?:\d+y)?(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ms|µs|us|ns|s)|(?:\d+y)?\d+d(?:\d+h)?|(?:\d+d)?\d+h(?:\d+m)?|\d+y(?:\d+d)?`;
/** With the units that only a column of ages may have. */
const AGE = String.raw`(?:${DURATION}|\d+m)`;
const LONE_DURATION = new RegExp(String.raw`(?<![\w.:/=@-])(?:${DURATION})(?![\w%/-]|\.\d)`, 'g');
const WHOLE_AGE = new RegExp(`^${AGE}$`);
const COUNTED_AGE = new RegExp(String.raw`\b${AGE} \(x(\d+) over ${AGE}\)`, 'g');
const AGO = new RegExp(String.raw`\(${AGE} ago\)`, 'g');

const RFC_3339 = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)/g;
const DESCRIBE_DATE = /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d [-+]\d{4}/g;
/** In the headings of `diff`. */
const FILE_DATE = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [-+]\d{4}/g;

/** Figures of the recorder that are not those of a real machine, and are not to be copied. */
const UNREAL: [RegExp, string][] = [
  [/Image size: \d+ bytes/g, 'Image size: ‹size› bytes'],
  [/containerd:\/\/[0-9a-f]{64}/g, '‹container›'],
  [/sha256:[0-9a-f]{64}/g, '‹digest›'],
  [/((?:Machine ID|System UUID|Boot ID|Kernel Version|OS Image):\s+)\S.*$/g, '$1‹unreal›'],
  [/((?:machineID|systemUUID|bootID|kernelVersion|osImage)"?: )"?[^",]+"?/g, '$1‹unreal›'],
  [/(ephemeral-storage:\s+)\S+/g, '$1‹unreal›'],
  [/("?ephemeral-storage"?: )"?\w+"?/g, '$1‹unreal›'],
  [/^(\s*ephemeral-storage)\s+\S.*$/g, '$1  ‹unreal›'],
  [/sizeBytes"?: \d+/g, 'sizeBytes ‹size›'],
];

/** Values that are made up anew for every write or run: nothing stays the same thing through them. */
const VOLATILE: [RegExp, string][] = [
  [/(resourceVersion"?: )"?\d+"?/g, '$1‹version›'],
  [/\/tmp\/(LIVE|MERGED)-\d+\//g, '/tmp/$1-‹number›/'],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '‹token›'],
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '‹token›'],
  [/\b10\.244\.\d+\.0\/24\b/g, '‹pod range›'],
  [/\bapiserver-[a-z2-7]{26}(_[0-9a-f-]{36})?/g, 'apiserver-‹identity›'],
  [/(kubernetes\.io\/config\.(?:hash|mirror): )[0-9a-f]{32}/g, '$1‹hash›'],
];

const WORKER = /\bworker-[1-3]\b/g;
const WORKER_ADDRESS = /\b192\.168\.49\.[345]\b/g;
/** Where the name of a node says where a pod is. */
const PLACEMENT: RegExp[] = [
  /^Node:\s+\S+/,
  /Successfully assigned \S+ to \S+/,
  /"?[nN]odeName"?: \S+/,
  /^\s+NodeName:\s+\S+/,
  /"?hostIPs?"?: \S+/,
  /^\s*(?:- )?"?ip"?: "?192\.168\.49\.\S+/,
  /^IP:\s+192\.168\.49\.\S+/,
  /^\s+IP:\s+192\.168\.49\.\S+/,
];
const PLACEMENT_COLUMNS = new Set(['NODE', 'IP', 'SOURCE']);
const AGE_COLUMNS = new Set(['AGE', 'Age', 'LAST SEEN', 'FIRST SEEN', 'DURATION', 'LAST SCHEDULE', 'REQUESTEDDURATION']);
const UNREAL_COLUMNS = new Set(['OS-IMAGE', 'KERNEL-VERSION']);

/** The marks of a text outside any table. */
export function maskText(line: string): string {
  let text = line;
  for (const [pattern, mark] of UNREAL) text = text.replace(pattern, mark);
  for (const [pattern, mark] of VOLATILE) text = text.replace(pattern, mark);
  text = text.replace(RFC_3339, '‹time›').replace(DESCRIBE_DATE, '‹time›').replace(FILE_DATE, '‹time›');
  text = text.replace(COUNTED_AGE, '‹age x$1›').replace(AGO, '(‹age› ago)');
  for (const place of PLACEMENT) text = text.replace(place, freeNodes);
  return text.replace(LONE_DURATION, '‹age›');
}

/** A cell of a table under a column's title. */
export function maskCell(cell: string, column: string | undefined): string {
  if (column === undefined) return maskText(cell);
  if (UNREAL_COLUMNS.has(column)) return '‹unreal›';
  if (AGE_COLUMNS.has(column) && WHOLE_AGE.test(cell)) return '‹age›';
  if (PLACEMENT_COLUMNS.has(column)) return maskText(freeNodes(cell));
  return maskText(cell);
}

/** Replaces the names and addresses of equal nodes. */
export function freeNodes(text: string): string {
  return text.replace(WORKER, '‹worker›').replace(WORKER_ADDRESS, '‹worker address›');
}

const COUNT = /‹age(?: x(\d+))?›/g;

/** A masked line without its event counts. */
export function withoutCounts(line: string): string {
  return line.replace(COUNT, '‹age›');
}

/** Whether two masked lines are equal, with event counts that differ by one at most. */
export function equalLines(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  if (withoutCounts(expected) !== withoutCounts(actual)) return false;
  const counts = (line: string): number[] => [...line.matchAll(COUNT)].map((match) => Number(match[1] ?? 1));
  const ours = counts(actual);
  return counts(expected).every((count, index) => Math.abs(count - (ours[index] as number)) <= 1);
}
