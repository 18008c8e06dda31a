import { describe, expect, it } from 'vitest';
import { expandHistory } from './history.ts';

const HISTORY = ['kubectl get pods', 'ls -l', 'cat a.yaml'];

describe('history expansion', () => {
  it.each([
    ['!!', 'cat a.yaml'],
    ['sudo !!', 'sudo cat a.yaml'],
    ['vi !$', 'vi a.yaml'],
    ['!1', 'kubectl get pods'],
    ['!-2', 'ls -l'],
    ['!kub -A', 'kubectl get pods -A'],
    ["echo '!!'", "echo '!!'"],
    ['echo \\!!', 'echo \\!!'],
    ['echo hi!', 'echo hi!'],
    ['[ a != b ]', '[ a != b ]'],
    ['echo ${!name}', 'echo ${!name}'],
  ])('%s becomes %s', (line, expected) => {
    expect(expandHistory(line, HISTORY)).toEqual({ line: expected });
  });

  it('tells what is not there', () => {
    expect(expandHistory('!nosuch', HISTORY).missing).toBe('!nosuch');
  });
});
