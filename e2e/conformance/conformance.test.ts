/** Behaviour does not get worse: every transcript has at least as many equal steps as the last commit had reached. */
import { describe, expect, it } from 'vitest';
import { check, knownBinaryDifferences, knownDifferences, reached, readTranscript, transcriptNames } from '../../server/shell/lab/conformance/runner.ts';

describe('conformance', () => {
  for (const name of transcriptNames()) {
    it(`${name} has at least ${reached()[name] ?? 0} equal steps`, async () => {
      const { equal, differences } = await check(name);
      const lost = `npm run conformance -- ${name} --verbose; differing steps: ${differences.map((difference) => difference.step).join(' ')}`;
      expect(equal, lost).toBeGreaterThanOrEqual(reached()[name] ?? 0);
    });
  }

  it('every known difference names a step and a reason', () => {
    for (const { transcript, step, reason } of [...knownDifferences(), ...knownBinaryDifferences()]) {
      expect(readTranscript(transcript).steps[step]).toBeDefined();
      expect(reason.length).toBeGreaterThan(20);
    }
  });
});
