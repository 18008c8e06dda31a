/** The inputs of the simulation: everything that changes a cluster from outside. Plain data, so that a log can hold them. */
import type { ApiRequest, UserInfo } from './apiserver/types.ts';
import type { NetworkRequest } from './network/types.ts';

/** A program to be run in a container, or its main process to be joined. */
export interface ExecInput {
  namespace: string;
  pod: string;
  container?: string;
  command: string[];
  tty: boolean;
  stdin: boolean;
  /** Joins the main process instead of running `command`. */
  attach?: boolean;
  /** Who asks; what nobody asks for by name is allowed. */
  user?: UserInfo;
  /** Whom the user wants to act as. */
  impersonate?: UserInfo;
}

export type SimulationInput =
  | { kind: 'api'; request: ApiRequest }
  /** `from`: `outside`, or a machine's name. */
  | { kind: 'http'; request: NetworkRequest; from: string }
  /** `processId` is chosen by whoever sends it, so that later inputs can refer to the process. */
  | { kind: 'exec'; request: ExecInput; processId: string }
  | { kind: 'exec-input'; processId: string; data: string }
  | { kind: 'exec-end'; processId: string }
  | { kind: 'exec-kill'; processId: string }
  | { kind: 'operation'; request: { name: string; args: Record<string, unknown> } };
