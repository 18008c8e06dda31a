/** All benchmarks by name, in the order in which they run. */
import { benchApi } from './api.ts';
import { benchChurn } from './churn.ts';
import { benchDeployment } from './deployment.ts';
import { benchIdle } from './idle.ts';
import { benchLargeRoom } from './large-room.ts';
import { benchRecording } from './recording.ts';
import type { Measurement } from './report.ts';
import { benchRooms } from './rooms.ts';
import { benchStartup } from './startup.ts';

export const benchmarks: Record<string, () => Measurement[] | Promise<Measurement[]>> = {
  'deployment-1000': () => [benchDeployment(1_000)],
  'deployment-10000': () => [benchDeployment(10_000)],
  churn: () => [benchChurn()],
  api: () => benchApi(),
  rooms: () => benchRooms(),
  'large-room': () => benchLargeRoom(),
  idle: () => benchIdle(),
  recording: () => benchRecording(),
  startup: () => benchStartup(),
};
