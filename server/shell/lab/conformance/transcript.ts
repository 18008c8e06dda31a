/** Transcripts of the real thing, and what ours printed for the same lines. */
export interface TranscriptStep {
  run: string;
  stdout?: string;
  stderr?: string;
  /** Absent: 0. */
  code?: number;
}

export interface Transcript {
  name: string;
  about: string;
  kubernetes: string;
  steps: TranscriptStep[];
}

/** A step with nothing left out. */
export interface Outcome {
  run: string;
  stdout: string;
  stderr: string;
  code: number;
}

export function outcome({ run, stdout = '', stderr = '', code = 0 }: TranscriptStep): Outcome {
  return { run, stdout, stderr, code };
}
