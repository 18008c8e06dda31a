import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import { NameFinder, replaceNames, type MadeUpName } from './names.ts';
import { readTranscript, transcriptNames } from './runner.ts';
import { outcome, type Outcome, type TranscriptStep } from './transcript.ts';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Steps that differ when `ours` is what we print for the lines of `real`. */
function differing(real: TranscriptStep[], ours: TranscriptStep[]): number[] {
  return compare(real, ours.map(outcome)).differences.map((difference) => difference.step);
}

function one(run: string, real: string, ours: string): boolean {
  return differing([{ run, stdout: real }], [{ run, stdout: ours }]).length === 0;
}

/** The same transcript of another cluster: everything made up has another name, and rows are sorted by the new names. */
function elsewhere(steps: TranscriptStep[]): Outcome[] {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const letters = (length: number, alphabet = ALPHABET): string => Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
  const make: Record<MadeUpName['kind'], (length: number) => string> = {
    hash: () => letters(10),
    name: letters,
    uid: () => [8, 4, 4, 4, 12].map((length) => letters(length, '0123456789abcdef')).join('-'),
    'pod address': () => `10.244.${1 + random(3)}.${10 + random(200)}`,
    'cluster address': () => `10.${97 + random(10)}.${random(255)}.${random(255)}`,
    'node port': () => String(30_000 + random(2_700)),
    event: () => letters(16, '0123456789abcdef'),
    identity: () => letters(26, 'abcdefghijklmnopqrstuvwxyz234567'),
  };
  const finder = new NameFinder(steps.map((step) => step.run), steps.flatMap((step) => [step.stdout ?? '', step.stderr ?? '']));
  const names = new Map<string, string>();
  const rename = (text: string, run: string): string =>
    text.split('\n').map((line) => replaceNames(line, finder.find(line, run), (name) => {
      const key = `${name.kind}|${name.text}`;
      const value = names.get(key) ?? make[name.kind](name.end - name.start);
      names.set(key, value);
      return value;
    })).join('\n');
  return steps.map(outcome).map((step) => ({ ...step, stdout: sortPods(rename(step.stdout, step.run)), stderr: rename(step.stderr, step.run) }));
}

/** Sorts runs of rows that begin with a made-up name, as the API server would. */
function sortPods(text: string): string {
  const isRow = (line: string): boolean => new RegExp(`^\\S*-[${ALPHABET}]{5} {2,}`).test(line);
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    if (!isRow(lines[at] as string)) continue;
    let end = at;
    while (end < lines.length && isRow(lines[end] as string)) end++;
    lines.splice(at, end - at, ...lines.slice(at, end).sort());
    at = end;
  }
  return lines.join('\n');
}

describe('every transcript', () => {
  for (const name of transcriptNames()) {
    const { steps } = readTranscript(name);
    it(`${name} equals itself, and itself on a cluster with other made-up names`, () => {
      expect(differing(steps, steps)).toEqual([]);
      expect(compare(steps, elsewhere(steps)).differences).toEqual([]);
    });
  }

  it('differs when a word in any step is another word', () => {
    const { steps } = readTranscript('02-hello-node');
    steps.forEach((step, index) => {
      const word = /[A-Za-z]{4,}/.exec(step.stdout ?? '')?.[0];
      if (word === undefined || /\blogs\b/.test(step.run)) return;
      const changed = steps.map((other, at) => (at === index ? { ...other, stdout: (other.stdout as string).replace(word, `${word}s`) } : other));
      expect(differing(steps, changed)).toEqual([index]);
    });
  });
});

describe('times', () => {
  it('ages of any width match ages', () => {
    expect(one('kubectl get ns', 'NAME      STATUS   AGE\ndefault   Active   9s\n', 'NAME      STATUS   AGE\ndefault   Active   5m13s\n')).toBe(true);
    expect(one('kubectl get ns', 'NAME      STATUS   AGE\ndefault   Active   9s\n', 'NAME      STATUS   AGE\ndefault   Active   5m\n')).toBe(true);
  });
  it('an age does not match what is no age', () => {
    expect(one('kubectl get ns', 'NAME      STATUS   AGE\ndefault   Active   9s\n', 'NAME      STATUS   AGE\ndefault   Active   <unknown>\n')).toBe(false);
  });
  it('restarts are counted exactly, however long ago', () => {
    const table = (restarts: string): string => `NAME    READY   STATUS    RESTARTS       AGE\ncrash   0/1     Error     ${restarts}   12s\n`;
    expect(one('kubectl get pods', table('3 (34s ago)'), table('3 (2m ago)'))).toBe(true);
    expect(one('kubectl get pods', table('3 (34s ago)'), table('4 (34s ago)'))).toBe(false);
    expect(one('kubectl get pods', table('3 (34s ago)'), table('3'))).toBe(false);
  });
  it('dates of both kinds match their kind', () => {
    expect(one('x', 'Start Time:  Tue, 24 Nov 2026 00:31:05 +0000\n', 'Start Time:  Wed, 25 Nov 2026 10:31:05 +0000\n')).toBe(true);
    expect(one('x', 'creationTimestamp: "2026-11-24T00:31:05Z"\n', 'creationTimestamp: "2027-01-01T00:00:00Z"\n')).toBe(true);
    expect(one('x', 'creationTimestamp: "2026-11-24T00:31:05Z"\n', 'creationTimestamp: null\n')).toBe(false);
  });
  it('quantities of CPU are no durations', () => {
    expect(one('kubectl get x -o yaml', 'cpu: 100m\n', 'cpu: 200m\n')).toBe(false);
    expect(one('kubectl describe x', '  cpu  100m (5%)  0 (0%)\n', '  cpu  200m (5%)  0 (0%)\n')).toBe(false);
  });
  it('probe settings are no durations', () => {
    expect(one('kubectl describe pod x', '    Liveness:  exec [a] delay=5s timeout=1s\n', '    Liveness:  exec [a] delay=0s timeout=1s\n')).toBe(false);
  });
  it('event counts may differ by one', () => {
    const events = (age: string): string => `Events:\n  Type     Reason   Age                From     Message\n  ----     ------   ----               ----     -------\n  Warning  BackOff  ${age}   kubelet  Back-off\n`;
    expect(one('kubectl describe pod x', events('4s (x6 over 68s)'), events('9s (x7 over 2m)'))).toBe(true);
    expect(one('kubectl describe pod x', events('4s (x6 over 68s)'), events('9s (x8 over 2m)'))).toBe(false);
    expect(one('kubectl describe pod x', events('4s (x2 over 68s)'), events('9s'))).toBe(true);
    expect(one('kubectl describe pod x', events('4s (x3 over 68s)'), events('9s'))).toBe(false);
  });
});

describe('made-up names', () => {
  const pods = (...rows: [string, string][]): string => `NAME   READY   STATUS    RESTARTS   AGE\n${rows.map(([name, status]) => `${name}   1/1     ${status}   0          9s\n`).join('')}`;
  it('match any of their kind, in any order', () => {
    expect(one('kubectl get pods', pods(['web-69c6f74b8b-48547', 'Running'], ['web-69c6f74b8b-cl8tq', 'Pending']), pods(['web-5bcdf8b9f9-2x6zz', 'Pending'], ['web-5bcdf8b9f9-vvvvv', 'Running']))).toBe(true);
  });
  it('do not match names that somebody chose', () => {
    expect(one('kubectl get pods', pods(['web-69c6f74b8b-48547', 'Running']), pods(['web', 'Running']))).toBe(false);
    expect(one('kubectl get pods', pods(['web-69c6f74b8b-48547', 'Running']), pods(['app-69c6f74b8b-48547', 'Running']))).toBe(false);
    expect(one('kubectl get pods', pods(['web-69c6f74b8b-48547', 'Running']), pods(['web-48547', 'Running']))).toBe(false);
  });
  it('chosen names keep their order', () => {
    expect(one('kubectl get pods', pods(['aa', 'Running'], ['bb', 'Running']), pods(['bb', 'Running'], ['aa', 'Running']))).toBe(false);
  });
  it('a missing or additional row is a difference', () => {
    expect(one('kubectl get pods', pods(['web-69c6f74b8b-48547', 'Running'], ['web-69c6f74b8b-cl8tq', 'Running']), pods(['web-69c6f74b8b-48547', 'Running']))).toBe(false);
  });
  it('the same thing must stay the same thing', () => {
    const run = 'kubectl get pods';
    const real = [{ run, stdout: pods(['web-69c6f74b8b-48547', 'Running'], ['web-69c6f74b8b-cl8tq', 'Pending']) }, { run, stdout: pods(['web-69c6f74b8b-48547', 'Running']) }];
    const same = [{ run, stdout: pods(['web-69c6f74b8b-zzzzz', 'Pending'], ['web-69c6f74b8b-kkkkk', 'Running']) }, { run, stdout: pods(['web-69c6f74b8b-kkkkk', 'Running']) }];
    const other = [{ run, stdout: pods(['web-69c6f74b8b-zzzzz', 'Pending'], ['web-69c6f74b8b-kkkkk', 'Running']) }, { run, stdout: pods(['web-69c6f74b8b-zzzzz', 'Running']) }];
    expect(differing(real, same)).toEqual([]);
    expect(differing(real, other).length).toBe(1);
  });
  it('two hashes are not one', () => {
    const sets = (a: string, b: string): string => `NAME   DESIRED   CURRENT   READY   AGE\nweb-${a}   0         0         0       9s\nweb-${b}   1         1         1       9s\n`;
    expect(one('kubectl get rs', sets('69c6f74b8b', '5bcdf8b9f9'), sets('7d5c7d7dc4', '556487b4d4'))).toBe(true);
    expect(one('kubectl get rs', sets('69c6f74b8b', '5bcdf8b9f9'), sets('7d5c7d7dc4', '7d5c7d7dc4'))).toBe(false);
  });
  it('descriptions of pods may change places as a whole, and keep their addresses', () => {
    const pod = (name: string, ip: string, status: string): string => `Name:    ${name}\nStatus:  ${status}\nIP:      ${ip}\n`;
    const real = `${pod('web-69c6f74b8b-2222b', '10.244.1.5', 'Running')}\n\n${pod('web-69c6f74b8b-9999c', '10.244.2.5', 'Pending')}`;
    const swapped = `${pod('web-69c6f74b8b-4444d', '10.244.3.9', 'Pending')}\n\n${pod('web-69c6f74b8b-5555f', '10.244.3.8', 'Running')}`;
    expect(one('kubectl describe pods', real, swapped)).toBe(true);
    expect(one('kubectl describe pods', real, swapped.replace('Pending', 'Running'))).toBe(false);
    const addresses = (a: string, b: string): string => `NAME   READY   STATUS    RESTARTS   AGE   IP   NODE\n${a}   1/1   Running   0   9s   10.244.3.9   worker-1\n${b}   1/1   Pending   0   9s   10.244.3.8   worker-1\n`;
    const run = 'kubectl describe pods';
    const wide = 'kubectl get pods -o wide';
    const first = { run: wide, stdout: addresses('web-69c6f74b8b-4444d', 'web-69c6f74b8b-5555f') };
    const second = (a: string, b: string): TranscriptStep => ({ run, stdout: `${pod('web-69c6f74b8b-4444d', a, 'Running')}\n\n${pod('web-69c6f74b8b-5555f', b, 'Pending')}` });
    expect(differing([first, second('10.244.3.9', '10.244.3.8')], [first, second('10.244.3.9', '10.244.3.8')])).toEqual([]);
    expect(differing([first, second('10.244.3.9', '10.244.3.8')], [first, second('10.244.3.8', '10.244.3.9')])).not.toEqual([]);
  });
  it('what a person wrote is not made up', () => {
    const run = 'kubectl get pod web-69c6f74b8b-48547 -o name';
    expect(one(run, 'pod/web-69c6f74b8b-48547\n', 'pod/web-69c6f74b8b-zzzzz\n')).toBe(false);
  });
  it('ports and addresses match their kind only', () => {
    const service = (ip: string, port: string): string => `NAME   TYPE       CLUSTER-IP      EXTERNAL-IP   PORT(S)        AGE\nweb    NodePort   ${ip}   <none>        80:${port}/TCP   9s\n`;
    expect(one('kubectl get svc', service('10.96.12.13', '31234'), service('10.107.1.2', '30001'))).toBe(true);
    expect(one('kubectl get svc', service('10.96.12.13', '31234'), service('10.107.1.2', '8080'))).toBe(false);
    expect(one('kubectl get svc', service('10.96.12.13', '31234'), service('10.244.1.2', '31234'))).toBe(false);
    expect(one('kubectl get svc', service('10.96.0.1', '31234'), service('10.96.0.2', '31234'))).toBe(false);
  });
});

describe('tables and text', () => {
  it('columns may have other widths, but not other titles', () => {
    expect(one('kubectl get x', 'NAME     AGE\na        9s\n', 'NAME   AGE\na      9s\n')).toBe(true);
    expect(one('kubectl get x', 'NAME   AGE\na      9s\n', 'NAMES   AGE\na       9s\n')).toBe(false);
  });
  it('indentation of YAML counts', () => {
    expect(one('kubectl get x -o yaml', 'a:\n  b: 1\n', 'a:\n    b: 1\n')).toBe(false);
    expect(one('kubectl get x -o yaml', 'a:\n          b: 1\n', 'a:\n            b: 1\n')).toBe(false);
  });
  it('order of fields counts', () => {
    expect(one('kubectl get x -o yaml', 'a: 1\nb: 2\n', 'b: 2\na: 1\n')).toBe(false);
  });
  it('a missing newline at the end counts', () => {
    expect(one('x', 'Running', 'Running\n')).toBe(false);
  });
  it('exit codes and streams count', () => {
    expect(differing([{ run: 'x', stderr: 'no\n', code: 1 }], [{ run: 'x', stderr: 'no\n' }])).toEqual([0]);
    expect(differing([{ run: 'x', stderr: 'no\n', code: 1 }], [{ run: 'x', stdout: 'no\n', code: 1 }])).toEqual([0]);
  });
  it('events come in any order', () => {
    const a = '9s   Normal   Pulled   pod/x   Pulled it\n';
    const b = '9s   Normal   Created   pod/x   Created it\n';
    const title = 'LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n';
    expect(one('kubectl get events', title + a + b, title + b + a)).toBe(true);
    expect(one('kubectl get events', title + a + b, title + a + a)).toBe(false);
  });
});

describe('placement', () => {
  it('a pod may be on another of the equal nodes, but not on the control plane', () => {
    const pod = (node: string): string => `NAME   READY   STATUS    RESTARTS   AGE   IP           NODE   NOMINATED NODE   READINESS GATES\na      1/1     Running   0          9s    10.244.1.4   ${node}   <none>           <none>\n`;
    expect(one('kubectl get pods -o wide', pod('worker-1'), pod('worker-3'))).toBe(true);
    expect(one('kubectl get pods -o wide', pod('worker-1'), pod('control-plane'))).toBe(false);
  });
  it('nodes themselves are not free', () => {
    expect(one('kubectl get nodes', 'NAME       STATUS   ROLES    AGE   VERSION\nworker-1   Ready    <none>   9s    v1\n', 'NAME       STATUS   ROLES    AGE   VERSION\nworker-2   Ready    <none>   9s    v1\n')).toBe(false);
    expect(one('x', 'node/worker-1 cordoned\n', 'node/worker-2 cordoned\n')).toBe(false);
  });
});

describe('what is left out', () => {
  it('lines about an object that was recorded wrong', () => {
    const real = [{ run: 'kubectl get pods', stdout: 'NAME      STATUS\na         Error\nmissing   CreateContainerError\n' }, { run: 'kubectl describe pod missing', stdout: 'Name:  missing\n' }];
    const ours = [{ run: 'kubectl get pods', stdout: 'NAME      STATUS\na         Error\nmissing   CrashLoopBackOff\n' }, { run: 'kubectl describe pod missing', stdout: 'Name:  missing\nState: x\n' }];
    expect(compare(real, ours.map(outcome), { leaveOut: ['missing'] }).differences).toEqual([]);
    expect(differing(real, ours)).toEqual([0, 1]);
  });
  it("the runtime's own line in logs, but not what a container printed", () => {
    expect(one('kubectl logs web', 'started web\n', 'anything\n')).toBe(true);
    expect(one('kubectl logs crash', 'started crash\nstarting\n', 'starting\n')).toBe(true);
    expect(one('kubectl logs crash', 'started crash\nstarting\n', 'other\n')).toBe(false);
  });
  it('figures that are not real', () => {
    expect(one('x', 'Image size: 44044000 bytes.\n', 'Image size: 12 bytes.\n')).toBe(true);
    expect(one('kubectl describe node x', '  Machine ID:                 abc\n', '  Machine ID:                 def\n')).toBe(true);
    expect(one('kubectl describe node x', '  Kubelet Version:            v1.37.2\n', '  Kubelet Version:            v1.37.1\n')).toBe(false);
  });
});
