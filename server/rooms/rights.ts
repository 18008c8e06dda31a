/** What a participant may do in a room, by role and settings, and what the roles in its cluster let somebody read. */
import { mustAuthorize } from '../simulation/apiserver/authorization/authorizer.ts';
import type { Store } from '../simulation/apiserver/store.ts';
import type { UserInfo } from '../simulation/apiserver/types.ts';
import type { SimulationInput } from '../simulation/inputs.ts';
import { RoleForbiddenError, SettingForbiddenError, SimulationRefusedError } from './errors.ts';
import { FAULT_OPERATIONS } from './marks.ts';
import type { ObjectRef } from './service.ts';
import type { RoomRecord } from './store/types.ts';
import type { Participant } from './types.ts';

/** What can take a part of the cluster down. */
const BREAKING_OPERATIONS = new Set([...FAULT_OPERATIONS, 'node.act', 'node.file', 'node.manifest', 'node.reset']);

/** @throws RoomError when somebody may not send this input. */
export function checkInput({ config, settings }: RoomRecord, me: Participant | undefined, input: SimulationInput): void {
  // What observers may ask of the API server, roles in the cluster decide; beyond it they do nothing.
  if (!me || (me.role === 'observer' && !(input.kind === 'api' && config.classroom))) throw new RoleForbiddenError('observer', 'student');
  if (input.kind === 'operation' && BREAKING_OPERATIONS.has(input.request.name) && me.role !== 'instructor' && !settings.studentsMayBreak) throw new SettingForbiddenError('studentsMayBreak');
}

/** @throws SimulationRefusedError with what the API server would say when the user may not read the object. */
export function checkRead(store: Store, user: UserInfo, { resource, key }: ObjectRef): void {
  const [plural = '', ...group] = resource.split('.');
  const slash = key.indexOf('/');
  const place = slash < 0 ? {} : { namespace: key.slice(0, slash) };
  try {
    mustAuthorize(store, user, { verb: 'get', group: group.join('.'), resource: plural, ...place, name: key.slice(slash + 1) });
  } catch (error) {
    throw new SimulationRefusedError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
