import type { Strategy } from './types.ts';

/** `pkg/registry/core/node/strategy.go`: a node may be created with its status. */
export const nodeStrategy = {
  resource: 'nodes',
  statusOnCreate: true,
} satisfies Strategy;
