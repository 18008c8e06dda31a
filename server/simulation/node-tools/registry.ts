/** The tools of a machine. One line a tool. */
import { crictl } from './crictl.ts';
import { etcdctlTool } from './etcdctl.ts';
import { etcdutlTool } from './etcdutl.ts';
import { iptables, iptablesSave } from './iptables.ts';
import { systemctl } from './systemctl.ts';
import type { NodeTool } from './types.ts';

export const nodeTools: readonly NodeTool[] = [crictl, etcdctlTool, etcdutlTool, iptables, iptablesSave, systemctl];

export function nodeTool(name: string): NodeTool | undefined {
  return nodeTools.find((tool) => tool.name === name);
}
