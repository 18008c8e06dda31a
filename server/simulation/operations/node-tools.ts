import { nodeTool } from '../node-tools/registry.ts';
import type { ToolResult } from '../node-tools/types.ts';
import type { Cluster } from '../cluster.ts';
import type { Operation } from './types.ts';
import { stringArgument } from './types.ts';

const MAX_ARGUMENTS = 200;

function runTool(cluster: Cluster, args: Record<string, unknown>, mayChange: boolean): ToolResult {
  const node = stringArgument(args, 'node');
  const words = args.argv;
  if (!Array.isArray(words) || words.length === 0 || words.length > MAX_ARGUMENTS || words.some((word) => typeof word !== 'string' || word.length > 1_000)) throw new Error('operation argument "argv" must be a list of words');
  const [name = '', ...rest] = words as string[];
  const tool = nodeTool(name);
  if (!tool) throw new Error(`machines have no program ${name}`);
  if (!cluster.nodeNames().includes(node) || !cluster.environment.nodeIsUp(node)) throw new Error(`connect to host ${node} port 22: No route to host`);
  if (!mayChange && tool.changes?.(rest)) throw new Error(`${name} changes something here`);
  return tool.run(cluster, node, rest);
}

/** A program on a machine that only looks. */
export const nodeLook = { name: 'node.look', changes: false, run: (cluster, args) => runTool(cluster, args, false) } satisfies Operation;

/** A program on a machine that changes something, as `systemctl stop kubelet`. */
export const nodeAct = { name: 'node.act', changes: true, run: (cluster, args) => runTool(cluster, args, true) } satisfies Operation;
