import { describe, expect, test } from 'vitest';
import { commands } from '../registry.ts';
import { testShell } from './harness.ts';

/** Lines, and what bash 5 prints for them with GNU's tools. */
const cases: [name: string, line: string, stdout: string, code?: number][] = [
  ['lists stop and go on with the status', 'false && echo a || echo b; ! true; echo $?', 'b\n1\n'],
  ['pipelines end with their last status, or with pipefail with the last that failed', 'false | true; echo $?; set -o pipefail; false | true; echo $?', '0\n1\n'],
  ['functions have arguments and a status of their own', 'f() { echo "$# $1"; return 3; }; f a b; echo $?', '2 a\n3\n'],
  ['loops are left and begun anew', 'for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done', '1\n3\n'],
  ['arithmetic loops', 'for ((i = 0; i < 3; i++)); do printf "%s " $((i * i)); done', '0 1 4 '],
  ['until and while', 'n=0; until [ $n -ge 2 ]; do n=$((n + 1)); done; while ((n > 0)); do ((n--)); done; echo $n', '0\n'],
  ['case takes patterns, and falls through', 'case abc in x) echo x;; a*) echo a;& z) echo z;; *) echo no;; esac', 'a\nz\n'],
  ['subshells keep their changes to themselves', 'a=1; (a=2; echo $a); { a=3; }; echo $a', '2\n3\n'],
  ['assignments before a command last as long as it does', 'a=1; f() { echo $a; }; a=2 f; echo $a', '2\n1\n'],
  ['arrays', 'a=(x "y z"); a+=(w); a[1]=v; echo ${#a[@]} ${a[1]} "${a[*]}"', '3 v x v w\n'],
  ['quotes and splitting', 'a="b  c"; echo $a "$a" \'$a\' "\\$a"', 'b c b  c $a $a\n'],
  ['parameter expansion', 'a=path/to.txt; echo ${a##*/} ${a%.*} ${#a} ${a/t/T} ${b:-none} ${a:0:4}', 'to.txt path/to 11 paTh/to.txt none path\n'],
  ['braces and command substitution', 'echo {a,b}{1..2} $(echo c) `echo d`', 'a1 a2 b1 b2 c d\n'],
  ['here-documents expand unless their delimiter is quoted', 'a=1; cat <<E; cat <<\'E\'\n$a $((a + 1))\nE\n$a\nE', '1 2\n$a\n'],
  ['here-documents within substitutions, and without leading tabs', 'echo "$(cat <<-E\n\tx\n\tE\n)"; cat <<< y', 'x\ny\n'],
  ['redirections of one stream into another', '{ echo out; echo err >&2; } 2>&1 | cat; echo gone >/dev/null; echo "$(ls nope 2>/dev/null)"', 'out\nerr\n\n'],
  ['files as arguments', 'cat <(echo a) <(echo b)', 'a\nb\n'],
  ['conditions with patterns, groups and comparisons', '[[ abc == a* && ! ( abc < abb ) && 3 -gt 2 ]]; echo $?; [[ -n "" || abc == "a*" ]]; echo $?', '0\n1\n'],
  ['conditions with regular expressions keep what matched', '[[ web-7d9 =~ ^([a-z]+)-(.*)$ ]] && echo ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}', 'web 7d9\n'],
  ['set -e ends at a failure outside of a condition', 'set -e; if false; then :; fi; false || echo on; false; echo never', 'on\n', 1],
  ['what is not there', 'nosuch 2>/dev/null; echo $?; { cat < nofile; } 2>/dev/null; echo $?', '127\n1\n'],
  ['head: lines, all but the last, bytes', 'seq 5 > a; head -2 a; head -n -4 a; head -c 3 a; head -c -8 a', '1\n2\n1\n1\n21\n'],
  ['tail: lines, from a line on, bytes', 'seq 5 > a; tail -n 1 a; tail -n +4 a; tail -c 2 a; tail -c +9 a', '5\n4\n5\n5\n5\n'],
  ['head and tail title several files', 'echo a > a; echo b > b; head -n 1 a b; tail -q -n 1 a b; tail -v -n 1 b', '==> a <==\na\n\n==> b <==\nb\na\nb\n==> b <==\nb\n'],
  ['sed: substitutions with groups and case, ranges, hold space', "printf 'a1\\nb2\\nc3\\n' > f; sed -E 's/([a-z])([0-9])/\\2\\U\\1/' f; sed -n '2,$p' f; sed -n '1!G;h;$p' f", '1A\n2B\n3C\nb2\nc3\nc3\nb2\na1\n'],
  ['sed edits in place and branches', "printf 'a\\nb\\n' > f; sed -i 's/a/x/' f; sed ':l;N;$!bl;s/\\n/,/' f", 'x,b\n'],
];

describe('bash', () => {
  test.each(cases)('%s', async (_name, line, stdout, code = 0) => {
    const result = await testShell(commands).run(line);
    expect(result).toEqual({ stdout, stderr: '', code });
  });

  test.each([
    ['echo (', 'bash: syntax error near unexpected token `(\'\n'],
    ['if true; then; fi', 'bash: syntax error near unexpected token `;\'\n'],
    ['echo >', "bash: syntax error near unexpected token `newline'\n"],
    ['echo a; done', 'bash: syntax error near unexpected token `done\'\n'],
    ['[[ a == ]]', undefined],
  ])('%s is a mistake', async (line, message) => {
    const result = await testShell(commands).run(line);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    if (message !== undefined) expect(result.stderr).toBe(message);
  });
});
