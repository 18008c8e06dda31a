import { age } from './duration.ts';
import type { Printer } from './types.ts';

export const resourceQuota = {
  kind: 'ResourceQuota',
  group: '',
  cells: ({ metadata, status = {} }, now) => {
    const hard: Record<string, string> = status.hard ?? {};
    const used: Record<string, string> = status.used ?? {};
    const requests: string[] = [];
    const limits: string[] = [];
    for (const resource of Object.keys(hard).sort()) {
      (resource.startsWith('limits.') ? limits : requests).push(`${resource}: ${used[resource] ?? '0'}/${hard[resource] ?? '0'}`);
    }
    return [metadata.name, requests.join(', '), limits.join(', '), age(metadata.creationTimestamp, now)];
  },
} satisfies Printer;
