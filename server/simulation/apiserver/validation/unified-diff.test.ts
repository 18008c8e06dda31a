import { describe, expect, it } from 'vitest';
import { podSpecDifference } from './pod-spec-diff.ts';
import { unifiedDiff } from './unified-diff.ts';

const lines = (count: number, change: Record<number, string> = {}): string => Array.from({ length: count }, (_, i) => change[i] ?? `line ${i}`).join('\n');

describe('unifiedDiff', () => {
  const cases: [string, string, string, string][] = [
    ['equal texts have no hunks', 'a\nb', 'a\nb', ''],
    ['a changed line has three lines of context on each side', lines(9), lines(9, { 4: 'new' }), '@@ -2,7 +2,7 @@\n line 1\n line 2\n line 3\n-line 4\n+new\n line 5\n line 6\n line 7\n'],
    ['changes far apart are hunks of their own', lines(20), lines(20, { 0: 'x', 19: 'y' }), '@@ -1,4 +1,4 @@\n-line 0\n+x\n line 1\n line 2\n line 3\n@@ -17,4 +17,4 @@\n line 16\n line 17\n line 18\n-line 19\n+y\n'],
    ['changes close together share a hunk', lines(8), lines(8, { 2: 'x', 5: 'y' }), '@@ -1,8 +1,8 @@\n line 0\n line 1\n-line 2\n+x\n line 3\n line 4\n-line 5\n+y\n line 6\n line 7\n'],
    ['an added line counts on the new side only', 'a\nb', 'a\nnew\nb', '@@ -1,2 +1,3 @@\n a\n+new\n b\n'],
    ['a text of one line is written without a length', 'a', 'b', '@@ -1 +1 @@\n-a\n+b\n'],
  ];
  it.each(cases)('%s', (_name, before, after, expected) => expect(unifiedDiff(before, after)).toBe(expected));
});

describe('podSpecDifference', () => {
  const spec = {
    containers: [{ image: 'nginx', imagePullPolicy: 'Always', name: 'd', resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: 'kube-api-access-abcde', readOnly: true }] }],
    dnsPolicy: 'ClusterFirst', enableServiceLinks: true, nodeName: 'worker-3', preemptionPolicy: 'PreemptLowerPriority', priority: 0, restartPolicy: 'Always', schedulerName: 'default-scheduler',
    securityContext: {}, serviceAccount: 'default', serviceAccountName: 'default', terminationGracePeriodSeconds: 30,
    volumes: [{ name: 'kube-api-access-abcde', projected: { defaultMode: 420, sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
      { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] } },
    ] } }],
  };
  it('shows a changed node where the API server counts it', () => {
    expect(podSpecDifference(spec, { ...spec, nodeName: 'worker-1' })).toBe(
      '@@ -146,7 +146,7 @@\n  "ServiceAccountName": "default",\n  "DeprecatedServiceAccount": "default",\n  "AutomountServiceAccountToken": null,\n- "NodeName": "worker-3",\n+ "NodeName": "worker-1",\n  "HostNetwork": false,\n  "HostPID": false,\n  "HostIPC": false,\n',
    );
  });
});
