/** Runs a lab: shell lines on a fresh and settled cluster, without a screen. */
import { createCluster, SETTLE_MS } from '../../simulation/cluster.ts';
import { defaultConfig, type ClusterConfig } from '../../simulation/config.ts';
import { Parser } from '../bash/parser.ts';
import { drive } from './driver.ts';
import { LabHost } from './lab-host.ts';
import { LabSession, type SessionOptions } from './lab-session.ts';

/** A fixed one, so that a lab prints the same every time. */
export const SEED = 20_261_124;
/** Virtual time of the first instant; a fixed one too. */
export const START = Date.UTC(2026, 10, 24, 0, 30, 0);

export interface LabOptions extends SessionOptions {
  seed?: number;
}

/** The cluster that labs begin with; transcripts were recorded without a network plugin's pods and with the recorder's own containers. */
export function labConfig(seed: number, startTime: number): ClusterConfig {
  return { ...defaultConfig(seed, startTime), networkPlugin: 'none', recorderWorkloads: true, controlPlaneHostName: 'vm' };
}

/** One shell on one cluster of its own. */
export class Lab extends LabSession {
  constructor({ seed = SEED, ...options }: LabOptions = {}) {
    const cluster = createCluster(labConfig(seed, START));
    cluster.advance(START + SETTLE_MS);
    const host = new LabHost(cluster, seed);
    super(host, (work) => drive(work, host), options);
  }
}

/** A lab's text, from which the shell takes complete commands and sessions inside containers take lines. */
export class LabScript {
  #rest: string;
  #parser: Parser;
  /** How far the commands that were taken reach. */
  #end = 0;

  constructor(text: string) {
    this.#rest = text;
    this.#parser = new Parser(text);
  }

  /** The next complete command; what does not parse is one last command, so that the shell says why. */
  next(): string | undefined {
    try {
      const line = this.#parser.next();
      if (!line) return undefined;
      this.#end = line.end;
      return this.#rest.slice(line.start, line.end);
    } catch {
      const wrong = this.#rest.slice(this.#end).trim();
      this.#restart('');
      return wrong;
    }
  }

  /** The next line, whatever it is. */
  line(): string | undefined {
    const rest = this.#rest.slice(this.#end).replace(/^[ \t]*(#[^\n]*)?(\r?\n|$)/, '');
    if (rest === '') {
      this.#restart('');
      return undefined;
    }
    const [line = ''] = rest.split('\n', 1);
    this.#restart(rest.slice(line.length));
    return line.replace(/\r$/, '');
  }

  #restart(text: string): void {
    this.#rest = text;
    this.#parser = new Parser(text);
    this.#end = 0;
  }
}

/** The complete commands of a lab's text, in order. */
export function splitSteps(text: string): string[] {
  const script = new LabScript(text);
  const steps: string[] = [];
  for (let step = script.next(); step !== undefined; step = script.next()) steps.push(step);
  return steps;
}
