import { describe, expect, it } from 'vitest';
import { CRONTABS, cronTab, definition } from '../../simulation/apiserver/custom-resources/testing.ts';
import { testTerminal } from './testing.ts';

const PROMPT = 'alice@quorum:~$';
const UP = '\x1b[A';
const LEFT = '\x1b[D';

/** What the screen shows after some keys, from the last prompt that the first of them was typed at. */
async function after(keys: string[], options: Parameters<typeof testTerminal>[0] = {}): Promise<string[]> {
  const terminal = testTerminal(options);
  for (const key of keys) await terminal.type(key);
  return terminal.screen();
}

describe('the line editor', () => {
  it('moves among wide characters and inserts between them', async () => {
    expect(await after([`echo 你好世界${LEFT}${LEFT}麻\r`])).toEqual([`${PROMPT} echo 你好麻世界`, '你好麻世界', PROMPT]);
  });

  it.each([
    ['goes back in the history', ['echo one\r', 'echo two\r', `${UP}${UP}\r`], 'one'],
    ['searches the history backwards', ['echo one\r', 'echo two\r', '\x12ne\r'], 'one'],
    ['repeats the last line for !!', ['echo one\r', '!!\r'], 'one'],
    ['puts the last word in for Alt-.', ['echo one two\r', 'echo \x1b.\r'], 'two'],
    ['cuts and pastes', ['echo ab cd\x17\x19\x19\r'], 'ab cdcd'],
  ])('%s', async (_title, keys, expected) => {
    const screen = await after(keys);
    expect(screen.at(-1)).toBe(PROMPT);
    expect(screen.at(-2)).toBe(expected);
  });

  it('says when an event is not in the history', async () => {
    expect((await after(['!nosuch\r'])).at(-2)).toBe('bash: !nosuch: event not found');
  });

  it('takes a pasted text as one and runs it on Enter', async () => {
    const screen = await after(['\x1b[200~echo a\necho b\x1b[201~', '\r']);
    expect(screen.slice(-4)).toEqual(['echo b', 'a', 'b', PROMPT]);
  });

  it('asks for the rest of a here-document', async () => {
    expect(await after(['cat <<X\r', 'hi $USER\r', 'X\r'])).toEqual([`${PROMPT} cat <<X`, '> hi $USER', '> X', 'hi alice', PROMPT]);
  });

  it('wraps a long line and redraws it when the window gets another width', async () => {
    const terminal = testTerminal({ columns: 40 });
    await terminal.type('echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
    expect((await terminal.screen()).length).toBe(2);
    terminal.resize(80, 30);
    await terminal.type('b\r');
    expect((await terminal.screen()).at(-2)).toBe('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab');
  });
});

describe('Tab', () => {
  it.each([
    ['a verb', 'kubectl expl\t', 'kubectl explain'],
    ['a type', 'kubectl get deployme\t', 'kubectl get deployments.apps'],
    ['a namespace', 'kubectl get pods -n kube-sy\t', 'kubectl get pods -n kube-system'],
    ['a name', 'kubectl describe node control\t', 'kubectl describe node control-plane'],
    ['a flag', 'kubectl get pods --all-n\t', 'kubectl get pods --all-namespaces'],
    ['a file', 'cat note\t', 'cat notes.txt'],
    ['a variable', 'echo $HOM\t', 'echo $HOME'],
    ['what follows a pipe', 'kubectl get pods | gre\t', 'kubectl get pods | grep'],
  ])('completes %s', async (_title, keys, expected) => {
    const terminal = testTerminal();
    terminal.files.write('/home/alice/notes.txt', 'x');
    await terminal.type(keys);
    expect((await terminal.screen())[0]?.replace('deployments ', 'deployments.apps ').replace(/deployments$/, 'deployments.apps').trimEnd()).toBe(`${PROMPT} ${expected}`);
  });

  it.each([
    ['a kind that is defined in the cluster', 'kubectl get cront\t', 'kubectl get crontabs'],
    ['and its objects by a short name', 'kubectl describe ct my\t', 'kubectl describe ct my-cron'],
  ])('completes %s', async (_title, keys, expected) => {
    const terminal = testTerminal();
    const admin = { username: 'kubernetes-admin', groups: ['system:masters'] };
    terminal.cluster.handle({ method: 'POST', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', body: definition(), user: admin });
    await terminal.wait(100);
    terminal.cluster.handle({ method: 'POST', path: CRONTABS, body: cronTab('my-cron'), user: admin });
    await terminal.type(keys);
    expect((await terminal.screen())[0]?.trimEnd()).toBe(`${PROMPT} ${expected}`);
  });

  it('lists on the second press what the word could be', async () => {
    expect(await after(['kubectl rollout \t\t'])).toContain('history  pause    restart  resume   status   undo');
  });
});

describe('signals and jobs', () => {
  it.each([['sleep 100'], ['kubectl get pods -w'], ['watch kubectl get nodes'], ['kubectl port-forward -n kube-system pod/etcd-control-plane 2379'], ['cat']])('Ctrl-C ends %s', async (line) => {
    const terminal = testTerminal();
    await terminal.type(`${line}\r`, 3_000);
    await terminal.type('\x03');
    await terminal.type('echo $?\r');
    expect((await terminal.screen()).slice(-2)).toEqual(['130', PROMPT]);
  });

  it('Ctrl-C typed together with Enter ends the command that Enter starts, and what follows is typed for the shell', async () => {
    expect((await after(['sleep 100000\r\x03echo $?\r'])).slice(-4)).toEqual(['^C', `${PROMPT} echo $?`, '130', PROMPT]);
  });

  it('Ctrl-C gives a half-typed line up', async () => {
    expect(await after(['echo one\x03'])).toEqual([`${PROMPT} echo one^C`, PROMPT]);
  });

  it('Ctrl-Z says that it cannot, and the command goes on', async () => {
    const screen = await after(['sleep 3; echo done\r', '\x1a', '', '', '']);
    expect(screen[1]).toBe('^Z');
    expect(screen.slice(-2)).toEqual(['done', PROMPT]);
  });

  it('numbers background jobs, lists and ends them', async () => {
    const screen = await after(['sleep 100 &\r', 'jobs\r', 'kill %1\r', '\r', 'sleep 100 &\r']);
    expect(screen).toContain('[1]+  Running                 sleep 100 &');
    expect(screen).toContain('[1]+  Terminated              sleep 100');
    expect(screen.at(-2)).toMatch(/^\[1\] \d+$/);
  });

  it('fg waits for a job again', async () => {
    expect((await after(['sleep 3 &\r', 'fg\r', '', '', 'echo back\r'])).slice(-2)).toEqual(['back', PROMPT]);
  });

  it('Ctrl-D on an empty line ends the shell', async () => {
    const terminal = testTerminal();
    await terminal.type('\x04');
    expect(terminal.exited()).toBe(true);
  });
});

describe('a session inside a container', () => {
  async function inside(...keys: string[]): Promise<string[]> {
    const terminal = testTerminal();
    await terminal.type('kubectl create deployment web --image=nginx\r', 5_000);
    await terminal.type('\x0ckubectl exec -it deploy/web -- sh\r');
    for (const key of keys) await terminal.type(key);
    return (await terminal.screen()).slice(-8);
  }

  it('has a prompt, echoes once, and its exit code becomes that of kubectl', async () => {
    expect((await inside('echo hi\r', 'exit 3\r', 'echo $?\r')).slice(-7)).toEqual(['# echo hi', 'hi', '# exit 3', 'command terminated with exit code 3', `${PROMPT} echo $?`, '3', PROMPT]);
  });

  it('edits wide characters and remembers lines', async () => {
    expect((await inside('echo 你好\x7f吗\r', `echo x\r`, `${UP}${UP}\r`)).slice(-3).map((line) => line.trimEnd())).toEqual(['# echo 你吗', '你吗', '#']);
  });

  it('Ctrl-C ends the program and not the session', async () => {
    expect((await inside('sleep 100\r', '\x03', 'echo still\r')).slice(-3)).toEqual(['# echo still', 'still', '#']);
  });

  it('Ctrl-D ends what reads, then the shell, and what is typed next is for the shell outside', async () => {
    expect((await inside('cat\r', 'hello\r', '\x04', '\x04', 'echo outside\r')).slice(-2)).toEqual(['outside', PROMPT]);
  });
});

describe('kubectl edit', () => {
  it('applies what came back from the editor on the screen', async () => {
    const terminal = testTerminal({ edit: (text) => Promise.resolve(text.replace('replicas: 1', 'replicas: 2')) });
    await terminal.type('kubectl create deployment web --image=nginx\r');
    await terminal.type('kubectl edit deployment web\r');
    await terminal.type("kubectl get deployment web -o jsonpath='{.spec.replicas}'\r");
    expect(await terminal.screen()).toContain('deployment.apps/web edited');
    expect((await terminal.screen()).at(-1)).toMatch(/^2alice/);
  });

  it('leaves the object alone when the person cancels', async () => {
    const terminal = testTerminal({ edit: () => Promise.resolve(null) });
    await terminal.type('kubectl create deployment web --image=nginx\r');
    await terminal.type('kubectl edit deployment web\r');
    expect((await terminal.screen()).at(-2)).toBe('Edit cancelled, no changes made.');
  });
});
