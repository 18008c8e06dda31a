import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../../lab/lab.ts';
import type { Step } from '../../lab/lab-session.ts';

describe('kubectl autoscale', () => {
  const lab = new Lab();
  const run = (line: string): Promise<Step> => lab.step(line);
  beforeAll(async () => {
    await run('kubectl create deployment web --image=nginx');
  });
  afterAll(() => lab.close());

  it.each([
    ['a share', '--cpu=70%', [{ resource: { name: 'cpu', target: { averageUtilization: 70, type: 'Utilization' } }, type: 'Resource' }]],
    ['an amount', '--cpu=0.5m', [{ resource: { name: 'cpu', target: { averageValue: '500u', type: 'AverageValue' } }, type: 'Resource' }]],
    ['a bare number of millicores', '--cpu=500', [{ resource: { name: 'cpu', target: { averageValue: '500m', type: 'AverageValue' } }, type: 'Resource' }]],
    ['a bare number of mebibytes', '--memory=200', [{ resource: { name: 'memory', target: { averageValue: '200Mi', type: 'AverageValue' } }, type: 'Resource' }]],
  ])('takes %s', async (_name, flag, metrics) => {
    const { stdout } = await run(`kubectl autoscale deployment web --max=3 ${flag} --dry-run=client -o json`);
    expect((JSON.parse(stdout) as { spec: object }).spec).toEqual({ maxReplicas: 3, metrics, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } });
  });

  it.each([
    ['--max=0', 'error: --max=MAXPODS is required and must be at least 1, max: 0\n'],
    ['--max=2 --min=3', 'error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: 2, min: 3\n'],
    ['--max=2 --cpu=x', 'error: invalid resource cpu value: x\n'],
    ['--max=2 --cpu=x%', 'error: invalid percentage value: x\n'],
  ])('refuses %s', async (flags, message) => {
    const { stderr, code } = await run(`kubectl autoscale deployment web ${flags}`);
    expect([stderr, code]).toEqual([message, 1]);
  });

  it('makes an autoscaler that says what it misses', async () => {
    expect((await run('kubectl autoscale deployment web --max=3 --cpu=50%')).stdout).toBe('horizontalpodautoscaler.autoscaling/web autoscaled\n');
    await run('minikube addons enable metrics-server');
    await run('sleep 300');
    expect((await run('kubectl get hpa web')).stdout).toContain('cpu: <unknown>/50%   1         3         1');
    const { stdout } = await run('kubectl describe hpa web');
    expect(stdout).toContain('resource cpu on pods  (as a percentage of request):  <unknown> / 50%');
    expect(stdout).toMatch(/ {2}ScalingActive +False +FailedGetResourceMetric +the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container nginx of Pod web-[a-z0-9]+-[a-z0-9]+\n/);
  });
});
