import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refresher, type Loaded } from './refresher.ts';

const EVERY_MS = 1_000;

describe('Refresher', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function refresher(load: () => Promise<string>, final: (error: unknown) => boolean = () => false) {
    const told: Loaded<string>[] = [];
    return { told, subject: new Refresher({ load, everyMs: EVERY_MS, tell: (loaded) => told.push(loaded), final }) };
  }

  it('fetches at once when first asked', async () => {
    const { subject, told } = refresher(async () => 'first');
    subject.request();
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual([{ data: 'first', error: undefined, loading: false }]);
  });

  it('fetches at most once an interval however often it is asked, and once more after the last request', async () => {
    let count = 0;
    const { subject, told } = refresher(async () => String(++count));
    for (let millisecond = 0; millisecond < 3_500; millisecond += 10) {
      subject.request();
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(count).toBe(4);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(count).toBe(5);
    expect(told.at(-1)?.data).toBe('5');
  });

  it('never fetches twice at once', async () => {
    let open = 0;
    let most = 0;
    const { subject } = refresher(async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      open--;
      return 'slow';
    });
    for (let second = 0; second < 20; second++) {
      subject.request();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(most).toBe(1);
  });

  it('keeps what it had when a fetch fails, and tries again by itself unless the failure is final', async () => {
    const gone = new Error('gone');
    const answers: (string | Error)[] = ['there', new Error('network'), 'again', gone, 'not asked for'];
    const { subject, told } = refresher(
      async () => {
        const answer = answers.shift() ?? 'none left';
        if (answer instanceof Error) throw answer;
        return answer;
      },
      (error) => error === gone,
    );
    subject.request();
    await vi.advanceTimersByTimeAsync(2_000);
    subject.request();
    await vi.advanceTimersByTimeAsync(0);
    expect(told.at(-1)).toMatchObject({ data: 'there', error: { message: 'network' } });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told.at(-1)).toEqual({ data: 'again', error: undefined, loading: false });
    subject.request();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told.at(-1)).toEqual({ data: 'again', error: gone, loading: false });
    expect(answers).toEqual(['not asked for']);
  });

  it('says nothing after it was disposed of', async () => {
    const { subject, told } = refresher(async () => 'late');
    subject.request();
    subject.dispose();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([]);
  });
});
