import { describe, expect, it } from 'vitest';
import { asReleased, TEXT_CHANGES } from './releases.ts';
import { readTranscript, transcriptNames } from './runner.ts';

describe('older kubectls', () => {
  it('makes the newer text the older one, and says why', () => {
    const line = 'service "web" deleted from default namespace\n';
    expect(asReleased(line, 'kubectl delete service web', 33)).toEqual({ text: 'service "web" deleted\n', reasons: ['what is deleted is named without its namespace'] });
    expect(asReleased(line, 'kubectl delete service web', 37)).toEqual({ text: line, reasons: [] });
  });

  it('makes equal what the releases print of the same object', () => {
    const newer = 'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: x\nspec:\n  template:\n    metadata: {}\n    spec: {}\n';
    const older = 'apiVersion: batch/v1\nkind: Job\nmetadata:\n  creationTimestamp: null\n  name: x\nspec:\n  template:\n    metadata:\n      creationTimestamp: null\n    spec: {}\n';
    const run = 'kubectl create job x --image=busybox --dry-run=client -o yaml';
    expect(asReleased(older, run, 33).text).toBe(asReleased(newer, run, 33).text);
    const logged = 'E1126 02:58:06.417375   16751 run.go:72] "command failed" err="required flag(s) \\"image\\" not set"\n';
    expect(asReleased(logged, 'kubectl run x', 32).text).toBe('error: required flag(s) "image" not set\n');
  });

  it('leaves apart what differs in more than the release', () => {
    const run = 'kubectl describe pod x';
    expect(asReleased('    Port:  80/TCP (http)\n', run, 33).text).not.toBe(asReleased('    Port:  81/TCP\n', run, 33).text);
    expect(asReleased('service "a" deleted from default namespace\n', run, 33).text).not.toBe(asReleased('service "b" deleted\n', run, 33).text);
  });

  it('changes nothing in a text that is as the older ones print it', () => {
    for (const name of transcriptNames()) {
      for (const { run, stdout = '' } of readTranscript(name).steps) {
        const { text } = asReleased(stdout, run, 27);
        expect(asReleased(text, run, 27).text).toBe(text);
      }
    }
    for (const { reason } of TEXT_CHANGES) expect(reason.length).toBeGreaterThan(10);
  });
});
