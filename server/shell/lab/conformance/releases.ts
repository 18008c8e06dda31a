/**
 * What kubectl printed otherwise before the release that is the specification. A real kubectl at hand is often older; each rule here
 * makes a text as the older ones printed it, and leaves a text that is so already as it is. Both sides of a comparison go through the rules
 * of a release: what is equal then differed only by the release. All were seen in the text that kubectl 1.27 to 1.33 and 1.37.2 print of the same objects.
 */

export interface TextChange {
  /** The last minor release that was seen to print the older text. */
  until: number;
  reason: string;
  older(text: string, run: string): string;
}

/** Maps of YAML that have lost their only line. */
function emptyMaps(text: string): string {
  const lines = text.split('\n');
  const indent = (line: string | undefined): number => (line === undefined || line.trim() === '' ? -1 : /^ */.exec(line)?.[0].length ?? 0);
  return lines.map((line, i) => (/^\s*(- )?metadata:$/.test(line) && indent(lines[i + 1]) <= indent(line) ? `${line} {}` : line)).join('\n');
}

const CREATES = /\b(create|whoami|run|expose|autoscale|set|label|annotate|patch|apply)\b/;

export const TEXT_CHANGES: readonly TextChange[] = [
  {
    until: 33,
    reason: 'kubectl wrote creationTimestamp: null into objects that it made itself',
    older: (text, run) =>
      CREATES.test(run)
        ? emptyMaps(text.replace(/^\s*creationTimestamp: null\n/gm, '').replace(/^\s*"creationTimestamp": null,?\n/gm, '').replace(/"metadata": \{\s*\}/g, '"metadata": {}').replace(/(\S),(\n\s*\})/g, '$1$2'))
        : text,
  },
  { until: 33, reason: 'probes are described with #success and #failure', older: (text) => text.replaceAll(' successThreshold=', ' #success=').replaceAll(' failureThreshold=', ' #failure=') },
  { until: 33, reason: 'ports are described without their names', older: (text) => text.replace(/^(\s*(?:Host )?Ports?:.*)$/gm, (line) => line.replace(/(\d+\/(?:TCP|UDP|SCTP)) \([a-z0-9-]+\)/g, '$1')) },
  { until: 33, reason: 'events are described without the part of the object that they are about', older: (text) => text.replace(/\bspec\.(?:init|ephemeral)?[cC]ontainers\{[^}]*\}: /g, '') },
  { until: 33, reason: 'what is deleted is named without its namespace', older: (text) => text.replace(/^(\S+ "[^"]*" (?:force )?deleted) from \S+ namespace/gm, '$1') },
  { until: 33, reason: 'nodes are described with a version of kube-proxy, which has been empty for long', older: (text) => text.replace(/^ *Kube-Proxy Version: *\n/gm, '') },
  { until: 36, reason: 'its own version, and a warning of how far that is from the server', older: (text) => text.replace(/^(Client|Kustomize) Version: .*\n/gm, '').replace(/^WARNING: version difference .*\n/gm, '') },
  {
    until: 33,
    reason: 'events are described of each of several objects',
    older: (text, run) => (/\bdescribe\b/.test(run) && (text.match(/^Name:\s/gm)?.length ?? 0) > 1 ? text.replace(/^Events:.*\n(?:  .*\n)*/gm, '').replace(/\n{2,}/g, '\n\n') : text),
  },
  { until: 33, reason: 'of objects that run --expose makes, the pod is printed last and after an empty document', older: (text, run) => (/\brun\b.*--expose\b/.test(run) ? text.split(/^---\n/m).filter((part) => part.trim() !== '').sort().join('---\n') : text) },
  { until: 33, reason: 'undo does not warn that the object was applied', older: (text) => text.replace(/^Warning: resource \S+ was previously managed with 'kubectl apply'.*\n/gm, '') },
  { until: 33, reason: 'of a container that is not there the others are not named', older: (text) => text.replace(/^(error: container \S+ is not valid for pod \S+) out of: .*$/gm, '$1') },
  { until: 33, reason: 'kuberc is not there yet, wait is called experimental', older: (text) => text.replace(/^  kuberc .*\n/gm, '').replace(/^(  wait +)Experimental: /gm, '$1') },
  { until: 33, reason: 'KYAML is not there yet', older: (text) => text.replaceAll(',kyaml,', ',') },
  { until: 33, reason: 'scale words differently that there is nothing to scale', older: (text) => text.replace(/^error: no objects passed to scale (.*)$/gm, 'Error from server (NotFound): $1') },
  { until: 33, reason: 'mistakes in flags and commands begin with Error, or are logged', older: (text) => text.replace(/^Error: (unknown|flag needs|invalid argument)/gm, 'error: $1').replace(/^E\d{4} \S+ +\d+ run\.go:\d+\] "command failed" err="(.*)"$/gm, (_line, message: string) => `error: ${message.replaceAll('\\"', '"')}`).replace(/^(Did you mean this\?\n(?:\t.*\n)+)\n+$/gm, '$1') },
  { until: 32, reason: 'debug warned that its old profile was the default', older: (text) => text.replace(/^--profile=legacy is deprecated .*\n/gm, '') },
  { until: 33, reason: 'a kind that is not there is named without its group', older: (text) => text.replace(/^(error: the server doesn't have a resource type "[^"]*") in group "[^"]*"$/gm, '$1') },
  { until: 33, reason: 'a condition that is missing is shown otherwise', older: (text) => text.replace(/^error: unrecognized condition: ""$/gm, 'error: unrecognized condition: []') },
  { until: 33, reason: 'run points to its help and names no restart policies', older: (text, run) => (/\brun\b/.test(run) ? text.replace(/^See 'kubectl run -h' for help and examples\n/gm, '').replace(/^(error: invalid restart policy: \w+), valid values are: .*$/gm, '$1') : text) },
  { until: 33, reason: 'service accounts are described with secrets that they have had none of for long', older: (text) => text.replace(/^(?:Mountable secrets|Tokens): +<none>\n/gm, '') },
  { until: 33, reason: 'StatefulSets are described with less', older: (text) => text.replace(/^(?:Service Name|Pod Management Policy): .*\n/gm, '').replace(/^Persistent Volume Claim Retention Policy:\n(?:  When.*\n)+/gm, '').replace(/^(Name|Namespace|CreationTimestamp|Selector|Labels|Annotations|Replicas|Update Strategy|Pods Status|Volume Claims): +/gm, '$1: ').replace(/^(  Partition): +/gm, '$1: ').replace(/^ +(Events:)/gm, '$1') },
  { until: 33, reason: 'CronJobs are described without their time zone', older: (text) => text.replace(/^Time Zone: .*\n/gm, '') },
  { until: 32, reason: 'whether a projected ConfigMap is optional has another title', older: (text) => text.replace(/^( *)ConfigMapOptional:( +)<nil>$/gm, '$1Optional:         $2false').replace(/^( *(?:ConfigMapName|Optional|ConfigMapOptional):) +/gm, '$1 ') },
  { until: 32, reason: 'DaemonSets are described without their namespace', older: (text) => text.replace(/^(Name: .*\n)Namespace: .*\n(Selector: )/gm, '$1$2') },
];

/** How a text reads for a minor release of kubectl, and by which rules. */
export function asReleased(text: string, run: string, minor: number): { text: string; reasons: string[] } {
  const reasons: string[] = [];
  for (const { until, reason, older } of TEXT_CHANGES) {
    if (until < minor) continue;
    const before = text;
    text = older(text, run);
    if (text !== before) reasons.push(reason);
  }
  return { text, reasons };
}
