import type { ObjectRef } from '../../server/rooms/service.ts';
import type { KubeObject } from '../../server/simulation/apiserver/types.ts';

/** What every tab is told. */
export interface TabProps {
  subject: ObjectRef;
  /** The last whole object that was seen; undefined until the first has arrived. */
  object: KubeObject | undefined;
  /** Changes when the object may have changed. */
  version: string;
  /** Whether the object does not exist any more. */
  gone: boolean;
}
