/** Figures of a benchmark, printed as a table for people and as JSON for programs. */
export interface Measurement {
  name: string;
  figures: Record<string, number | string>;
  /** What we aim at, in words; '' when there is no goal. */
  goal: string;
}

/** The machine that the figures belong to. */
export interface Machine {
  node: string;
  cores: number;
  model: string;
}

export function table(measurements: readonly Measurement[]): string {
  return measurements
    .map(({ name, figures, goal }) => {
      const width = Math.max(...Object.keys(figures).map((key) => key.length));
      const rows = Object.entries(figures).map(([key, value]) => `  ${key.padEnd(width)}  ${typeof value === 'number' ? value.toLocaleString('en') : value}`);
      return [name + (goal ? `   (goal: ${goal})` : ''), ...rows].join('\n');
    })
    .join('\n\n');
}
