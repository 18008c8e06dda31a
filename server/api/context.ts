/** What every tRPC procedure gets. */
import type { RoomsService } from '../rooms/service.ts';

export interface ApiContext {
  rooms: RoomsService;
  /** The client's network address, for limits. */
  address: string;
  /** Participant token, from `Authorization: Bearer` or connection parameters. Not yet checked. */
  token: string | undefined;
}
