import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { shownName } from '../framework/client.ts';
import { FILE_FLAGS, PRINT_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError } from '../framework/errors.ts';
import { mapManifest, readManifests } from '../framework/manifests.ts';
import { printerFor } from '../printers/output.ts';

interface Decision {
  verb: string;
  type: 'Approved' | 'Denied';
  against: 'Approved' | 'Denied';
  reason: string;
  message: string;
}

interface Condition {
  type: string;
}

async function decide(kubectl: Kubectl, { verb, type, against, reason, message }: Decision): Promise<void> {
  const { flags, client } = kubectl;
  const names = [...kubectl.args];
  if (flags.given('filename')) {
    const { manifests } = await readManifests(kubectl, flags.list('filename'), flags.bool('recursive'));
    for (const manifest of manifests) names.push((await mapManifest(kubectl, manifest, false)).name);
  }
  if (names.length === 0) throw new KubectlError(`one or more CSRs must be specified as <name> or -f <filename>`);
  const resource = await client.resource('certificatesigningrequests');
  const printer = printerFor(kubectl);
  for (const name of names) {
    const request: KubeObject = await client.get(resource, undefined, name);
    const conditions = ((request.status as { conditions?: Condition[] } | undefined)?.conditions ?? []) as Condition[];
    if (conditions.some((condition) => condition.type === against)) throw new KubectlError(`certificate signing request ${JSON.stringify(name)} is already ${against}`);
    if (flags.bool('force') || !conditions.some((condition) => condition.type === type)) {
      const time = `${new Date(kubectl.now).toISOString().slice(0, 19)}Z`;
      const others = conditions.filter((condition) => condition.type !== type);
      await client.replace(resource, undefined, name, { ...request, status: { ...(request.status as object | undefined), conditions: [...others, { type, status: 'True', reason, message, lastUpdateTime: time }] } }, {}, 'approval');
    }
    kubectl.out(printer ? printer.one({ resource, object: request }) : `${shownName(resource, name)} ${verb}\n`);
  }
}

function decision(name: string, summary: string, what: Decision): KubectlCommand {
  return { name, summary, usage: '(-f FILENAME | NAME)', flags: [...FILE_FLAGS, ...PRINT_FLAGS, { name: 'force', type: 'bool' }], run: (kubectl) => decide(kubectl, what) };
}

export const certificate: KubectlCommand = {
  name: 'certificate',
  summary: 'Modify certificate resources',
  long: 'Modify certificate resources.',
  usage: 'SUBCOMMAND',
  bareHelp: 'result',
  subcommands: [
    decision('approve', 'Approve a certificate signing request', { verb: 'approved', type: 'Approved', against: 'Denied', reason: 'KubectlApprove', message: 'This CSR was approved by kubectl certificate approve.' }),
    decision('deny', 'Deny a certificate signing request', { verb: 'denied', type: 'Denied', against: 'Approved', reason: 'KubectlDeny', message: 'This CSR was denied by kubectl certificate deny.' }),
  ],
};
