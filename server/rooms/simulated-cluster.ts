/** The simulation as a room sees it. Types only; `createSimulation` in simulation.ts binds it to server/simulation. */
import type { ApiRequest, ApiResponse, WatchEvent } from '../simulation/apiserver/types.ts';
import type { ExecRequest, HttpRequest, OperationRequest } from '../shell/types.ts';

/** An input to the simulation: what changes it from outside. Plain data, so that the log can hold it. */
export type SimulationInput =
  | { kind: 'api'; request: ApiRequest }
  | { kind: 'http'; request: HttpRequest; /** Where it is made: `outside`, or a node's name. */ from: string }
  | { kind: 'exec'; request: ExecRequest; /** Named by the room, so that later inputs can refer to it. */ processId: string }
  | { kind: 'exec-input'; processId: string; data: string }
  | { kind: 'exec-end'; processId: string }
  | { kind: 'exec-kill'; processId: string }
  | { kind: 'operation'; request: OperationRequest };

export type { ApiRequest, ApiResponse, WatchEvent };
