import { describe, expect, it } from 'vitest';
import { fakeCluster, type FakeCluster } from '../../kubelet/testing/fake-cluster.ts';

/** Runs a script as the main process of a busybox container. */
function run(script: string, milliseconds = 5_000, image = 'busybox:1.36'): { log: string; code: number | undefined; cluster: FakeCluster } {
  const cluster = fakeCluster(1);
  cluster.pod('job', { restartPolicy: 'Never', containers: [{ name: 'main', image, command: ['sh', '-c', script] }] });
  cluster.run(milliseconds);
  const status = cluster.store.get('pods', 'default/job')?.status as { containerStatuses: { state: { terminated?: { exitCode: number } } }[] };
  return { log: cluster.containers.logs('default', 'job', {}), code: status.containerStatuses[0]?.state.terminated?.exitCode, cluster };
}

const cases: [string, string, string, number][] = [
  ['sequences', 'echo a; echo b && echo c || echo d; false || echo e', 'a\nb\nc\ne\n', 0],
  ['exit codes', 'exit 7', '', 7],
  ['variables', 'x=1; y="$x 2"; echo "$y" ${z:-none} ${#y}', '1 2 none 3\n', 0],
  ['quoting', `echo 'a  $b' "c  d" e\\ f`, 'a  $b c  d e f\n', 0],
  ['command substitution', 'echo "now: $(echo inner | tr a-z A-Z)" `echo old`', 'now: INNER old\n', 0],
  ['arithmetic', 'i=3; echo $((i * 2 + 1)) $((i > 2 ? 10 : 20))', '7 10\n', 0],
  ['for', 'for i in 1 2 3; do echo $i; done', '1\n2\n3\n', 0],
  ['while and break', 'i=0; while true; do i=$((i+1)); [ $i -eq 2 ] && continue; [ $i -gt 3 ] && break; echo $i; done; echo end', '1\n3\nend\n', 0],
  ['until', 'n=0; until [ $n -ge 2 ]; do n=$(expr $n + 1); done; echo $n', '2\n', 0],
  ['if', 'if [ -f /etc/passwd ]; then echo yes; elif true; then echo no; else echo never; fi', 'yes\n', 0],
  ['case', 'case hello in h*) echo one;; *) echo two;; esac', 'one\n', 0],
  ['functions', 'f() { local v=$1; echo "f $v $#"; return 3; }; f a b; echo $?', 'f a 2\n3\n', 0],
  ['pipes', 'printf "b\\na\\nc\\n" | sort | head -2 | wc -l', '2\n', 0],
  ['redirections', 'echo one > /tmp/f; echo two >> /tmp/f; cat < /tmp/f; cat /tmp/f | grep two', 'one\ntwo\ntwo\n', 0],
  ['here documents', 'x=5\ncat <<EOF\nvalue $x\nEOF', 'value 5\n', 0],
  ['read loops', 'printf "a 1\\nb 2\\n" | while read n v; do echo "$v-$n"; done', '1-a\n2-b\n', 0],
  ['subshells', '(cd /tmp; x=9; pwd); pwd; echo "[$x]"', '/tmp\n/\n[]\n', 0],
  ['globs', 'cd /tmp; touch a.txt b.txt c.log; echo *.txt', 'a.txt b.txt\n', 0],
  ['missing programs', 'nosuch; echo $?', 'sh: nosuch: not found\n127\n', 0],
  ['set -e', 'set -e; echo a; false; echo b', 'a\n', 1],
  ['negation', '! false && echo ok', 'ok\n', 0],
  ['exec', 'exec echo replaced; echo never', 'replaced\n', 0],
  ['standard error', 'ls /nosuch 2>/dev/null || echo "code $?"', 'code 1\n', 0],
  ['exit traps', 'trap "echo bye" EXIT; echo hi; exit 4', 'hi\nbye\n', 4],
  ['background', '(sleep 1; echo late) & echo early; wait; echo done', 'early\nlate\ndone\n', 0],
  ['killed writers', 'yes | head -n 2; echo after', 'y\ny\nafter\n', 0],
  ['sed, awk, cut', 'echo "a:b:c" | cut -d: -f2; echo "x y z" | awk \'{print $3, $1}\'; echo hello | sed "s/l/L/g"', 'b\nz x\nheLLo\n', 0],
];

describe('sh in a container', () => {
  for (const [name, script, log, code] of cases) {
    it(name, () => {
      const result = run(script);
      expect(result.log).toBe(log);
      expect(result.code).toBe(code);
    });
  }

  it('sleeps on the virtual clock', () => {
    const { log, cluster } = run('while true; do date +%S; sleep 10; done', 35_000);
    expect(log.trim().split('\n')).toHaveLength(4);
    cluster.run(10_000);
    expect(cluster.containers.logs('default', 'job', {}).trim().split('\n')).toHaveLength(5);
  });

  it('is shared out in slices when it never rests', () => {
    const { log } = run('i=0; while true; do i=$((i+1)); done', 3_000);
    expect(log).toBe('');
  });

  it('reads its environment', () => {
    const cluster = fakeCluster(1);
    cluster.pod('job', { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', 'echo $A-$B; hostname; env | grep ^B='], env: [{ name: 'A', value: 'x' }, { name: 'B', value: '$(A)y' }] }] });
    cluster.run(5_000);
    expect(cluster.containers.logs('default', 'job', {})).toBe('x-xy\njob\nB=xy\n');
  });
});

describe('exec', () => {
  const cluster = fakeCluster(1);
  cluster.pod('web', { containers: [{ name: 'web', image: 'nginx:1.27' }] });
  cluster.run(4_000);
  let out = '';
  let ended: number | undefined;
  cluster.containers.observe({ output: (_id, _stream, text) => (out += text), exit: (_id, code) => (ended = code) });

  it('runs a command', () => {
    out = '';
    cluster.containers.exec({ namespace: 'default', pod: 'web', command: ['cat', '/etc/hostname'], tty: false, stdin: false }, 'a');
    expect(out).toBe('web\n');
    expect(ended).toBe(0);
  });

  it('runs an interactive shell', () => {
    out = '';
    ended = undefined;
    cluster.containers.exec({ namespace: 'default', pod: 'web', command: ['sh'], tty: true, stdin: true }, 'b');
    expect(out).toBe('# ');
    cluster.containers.write('b', 'cd /tmp\r');
    cluster.run(10);
    cluster.containers.write('b', 'pwd; sleep 5; echo never\r');
    cluster.run(1_000);
    expect(out).toBe('# cd /tmp\r\n# pwd; sleep 5; echo never\r\n/tmp\r\n');
    cluster.containers.write('b', '\u0003');
    cluster.run(10);
    expect(out.endsWith('^C\r\n# ')).toBe(true);
    cluster.containers.write('b', 'exit 3\r');
    cluster.run(10);
    expect(ended).toBe(3);
  });

  it('says when a program is missing', () => {
    expect(() => cluster.containers.exec({ namespace: 'default', pod: 'web', command: ['nosuch'], tty: false, stdin: false }, 'c')).toThrow(/executable file not found in \$PATH/);
  });
});
