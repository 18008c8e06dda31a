/** kubectl autoscale: an autoscaling/v2 HorizontalPodAutoscaler for a workload (`pkg/cmd/autoscale`). */
import { canonicalQuantity, QuantityError } from '../../../simulation/apiserver/quantity.ts';
import { DRY_RUN_FLAGS, FILE_FLAGS, PRINT_FLAGS, SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, throwAll } from '../framework/errors.ts';
import { chosen } from './change.ts';
import { finish, type Json } from './create/common.ts';

/** What a bare number means. */
const UNITS: Record<string, string> = { cpu: 'm', memory: 'Mi' };

export const autoscale: KubectlCommand = {
  name: 'autoscale',
  summary: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  usage: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  flags: [
    ...FILE_FLAGS, ...PRINT_FLAGS, ...DRY_RUN_FLAGS, ...SELECTOR_FLAGS,
    { name: 'max', type: 'int', required: true, default: -1 },
    { name: 'min', type: 'int', default: -1 },
    { name: 'cpu-percent', type: 'int', default: -1 },
    { name: 'cpu', type: 'string' },
    { name: 'memory', type: 'string' },
    { name: 'name', type: 'string' },
    { name: 'save-config', type: 'bool' },
    { name: 'field-manager', type: 'string', default: 'kubectl-autoscale' },
  ],
  async run(kubectl) {
    const { flags } = kubectl;
    if (flags.given('cpu-percent')) kubectl.err("Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n");
    const min = flags.int('min');
    const max = flags.int('max');
    const metrics = metricsOf(kubectl, min, max);
    const { found, errors } = await chosen(kubectl, kubectl.args);
    throwAll(errors);
    for (const { resource, object } of found) {
      if (!resource.subresources.includes('scale')) throw new KubectlError(`cannot autoscale a ${resource.kind}: could not find scale subresource for ${resource.group}/${resource.version}, Resource=${resource.plural} in discovery information`);
      await finish(kubectl, {
        verb: 'autoscaled',
        object: {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: flags.string('name') || object.metadata.name },
          spec: {
            maxReplicas: max,
            ...(metrics.length > 0 ? { metrics } : {}),
            ...(min > 0 ? { minReplicas: min } : {}),
            scaleTargetRef: { apiVersion: object.apiVersion, kind: resource.kind, name: object.metadata.name },
          },
          status: { currentMetrics: null, desiredReplicas: 0 },
        },
      });
    }
  },
};

/** The metrics that the flags ask for. @throws KubectlError when the flags do not fit together. */
function metricsOf({ flags }: Kubectl, min: number, max: number): Json[] {
  if (max < 1) throw new KubectlError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) throw new KubectlError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  const percent = flags.int('cpu-percent');
  if (percent > 0 && flags.string('cpu')) throw new KubectlError('--cpu-percent and --cpu are mutually exclusive');
  const metric = (name: string, target: Json): Json => ({ resource: { name, target }, type: 'Resource' });
  const metrics: Json[] = percent > 0 ? [metric('cpu', { averageUtilization: percent, type: 'Utilization' })] : [];
  for (const name of ['cpu', 'memory']) if (flags.string(name)) metrics.push(metric(name, targetOf(name, flags.string(name).trim())));
  return metrics;
}

/** `70%` of requests, or an amount; a bare number has the resource's usual unit. @throws KubectlError */
function targetOf(resource: string, input: string): Json {
  if (input === '') throw new KubectlError('empty input');
  if (input.endsWith('%')) {
    const number = input.slice(0, -1);
    if (!/^\+?\d{1,10}$/.test(number) || Number(number) > 2_147_483_647) throw new KubectlError(`invalid percentage value: ${number}`);
    return { averageUtilization: Number(number), type: 'Utilization' };
  }
  const bare = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(input);
  try {
    return { averageValue: canonicalQuantity(bare ? `${Number(input)}${UNITS[resource]}` : input), type: 'AverageValue' };
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    throw new KubectlError(`invalid resource ${resource} value: ${input}`);
  }
}
