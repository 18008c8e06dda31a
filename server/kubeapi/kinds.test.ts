/** Every kind that is served can be made, read, listed, changed, patched and deleted over HTTP. The table of kinds is that of discovery. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKubeServer, type KubeServer } from '../kube-api-for-tests.ts';
import { groupVersion, RESOURCES, type ServedResource } from '../simulation/apiserver/discovery.ts';

const POD = { containers: [{ name: 'main', image: 'busybox' }] };
const TEMPLATE = { metadata: { labels: { app: 'x' } }, spec: POD };
const SELECTOR = { matchLabels: { app: 'x' } };
const ROLE_REF = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const WEBHOOK = { name: 'hook.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: { url: 'https://example.com/' }, failurePolicy: 'Ignore', rules: [{ apiGroups: ['nothing.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nothings'] }] };
const NAME = 'a-kind';

/** What an object of a kind must have besides a name. */
const NEEDED: Record<string, object> = {
  pods: { spec: POD },
  podtemplates: { template: TEMPLATE },
  replicationcontrollers: { spec: { selector: { app: 'x' }, template: TEMPLATE } },
  services: { spec: { ports: [{ port: 80 }] } },
  endpoints: { subsets: [] },
  events: { involvedObject: { kind: 'Pod', name: 'x', namespace: 'default' }, type: 'Normal', reason: 'Test', message: 'm' },
  'events.k8s.io/events': { regarding: { kind: 'Pod', name: 'x', namespace: 'default' }, type: 'Normal', reason: 'Test', note: 'n', action: 'Testing', reportingController: 'example.com/test', reportingInstance: 'test-1', eventTime: '2026-11-24T00:00:00.000000Z' },
  limitranges: { spec: { limits: [{ type: 'Container', max: { cpu: '1000' } }] } },
  persistentvolumes: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } } },
  persistentvolumeclaims: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  'apiregistration.k8s.io/apiservices': { spec: { group: 'test.example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 100, service: { name: 'x', namespace: 'default' } } },
  'apps/controllerrevisions': { revision: 1, data: {} },
  'apps/daemonsets': { spec: { selector: SELECTOR, template: TEMPLATE } },
  'apps/deployments': { spec: { selector: SELECTOR, template: TEMPLATE } },
  'apps/replicasets': { spec: { selector: SELECTOR, template: TEMPLATE } },
  'apps/statefulsets': { spec: { serviceName: 'x', selector: SELECTOR, template: TEMPLATE } },
  'autoscaling/horizontalpodautoscalers': { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } } },
  'batch/cronjobs': { spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: { spec: { ...POD, restartPolicy: 'Never' } } } } } },
  'batch/jobs': { spec: { template: { spec: { ...POD, restartPolicy: 'Never' } } } },
  'certificates.k8s.io/certificatesigningrequests': { spec: { request: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIZU1JR0dBZ0VBTUNReERUQUxCZ05WQkFNTUJHcGhibVV4RXpBUkJnTlZCQW9NQ21SbGRtVnNiM0JsY25NdwpXVEFUQmdjcWhrak9QUUlCQmdncWhrak9QUU1CQndOQ0FBU09qdU9laFR4YjZNZmxPN3NIdXBWcUdRdFU0NHFtCjNpZXZ5Q1FlUFFKdjJUMytZRk83TmJBZVhYN2ZDQ3R1Y0EvSHRCb0VSRUoxaVNPRTRkYXY5d2VTb0FBd0NnWUkKS29aSXpqMEVBd0lEUndBd1JBSWdSejN6Z1NvN1BSMmhlVUo3SXlxdSsrdG9RKzAyNGoySlNxeXJiS3A2clRnQwpJRUM5bUtSb1FkT3pNbXRoNzE3dnpueWpYTGNQZFE3amp0NG04TzNCdkNDVwotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K', signerName: 'example.com/signer', usages: ['client auth'] } },
  'certificates.k8s.io/clustertrustbundles': { spec: { trustBundle: 'x' } },
  'networking.k8s.io/ingressclasses': { spec: { controller: 'example.com/controller' } },
  'networking.k8s.io/ingresses': { spec: { defaultBackend: { service: { name: 'x', port: { number: 80 } } } } },
  'networking.k8s.io/networkpolicies': { spec: { podSelector: {} } },
  'networking.k8s.io/servicecidrs': { spec: { cidrs: ['10.97.0.0/16'] } },
  'policy/poddisruptionbudgets': { spec: { minAvailable: 1, selector: SELECTOR } },
  'rbac.authorization.k8s.io/clusterrolebindings': { roleRef: ROLE_REF, subjects: [] },
  'rbac.authorization.k8s.io/rolebindings': { roleRef: ROLE_REF, subjects: [] },
  'storage.k8s.io/csidrivers': { spec: {} },
  'storage.k8s.io/csinodes': { spec: { drivers: [] } },
  'storage.k8s.io/csistoragecapacities': { storageClassName: 'standard' },
  'storage.k8s.io/storageclasses': { provisioner: 'example.com/provisioner' },
  'storage.k8s.io/volumeattachments': { spec: { attacher: 'example.com/attacher', nodeName: 'worker-1', source: { persistentVolumeName: 'x' } } },
  'storage.k8s.io/volumeattributesclasses': { driverName: 'example.com/driver', parameters: { a: 'b' } },
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': { webhooks: [WEBHOOK] },
  'admissionregistration.k8s.io/validatingwebhookconfigurations': { webhooks: [WEBHOOK] },
  'admissionregistration.k8s.io/validatingadmissionpolicies': { spec: { validations: [{ expression: 'true' }], matchConstraints: { resourceRules: [{ apiGroups: ['nothing.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nothings'] }] } } },
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': { spec: { policyName: 'x', validationActions: ['Deny'] } },
  'apiextensions.k8s.io/customresourcedefinitions': {
    spec: { group: 'test.example.com', scope: 'Namespaced', names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } } }] },
  },
  'scheduling.k8s.io/priorityclasses': { value: 10 },
  'coordination.k8s.io/leases': { spec: {} },
  'node.k8s.io/runtimeclasses': { handler: 'x' },
  'discovery.k8s.io/endpointslices': { addressType: 'IPv4', endpoints: [] },
  'resource.k8s.io/resourceclaims': { spec: {} },
  'resource.k8s.io/resourceclaimtemplates': { spec: { spec: {} } },
};
/** Names that are more than a name. */
const NAMES: Record<string, string> = {
  'apiregistration.k8s.io/apiservices': 'v1.test.example.com',
  'apiextensions.k8s.io/customresourcedefinitions': 'widgets.test.example.com',
  'networking.k8s.io/ipaddresses': '10.96.7.7',
};

let server: KubeServer;
beforeAll(async () => {
  server = await startKubeServer();
  await server.jump(120);
});
afterAll(() => server.close());

async function ask(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<{ status: number; body: Record<string, unknown> & { metadata: Record<string, unknown>; items: { metadata: { name: string } }[] } }> {
  const response = await fetch(`http://127.0.0.1:${server.port}/k8s/${server.roomId}${path}`, { method, headers: { Authorization: `Bearer ${server.token}`, 'Content-Type': contentType }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (response.status === 429) {
    // A quick machine asks more often than a participant may.
    server.passWallClock(Number(response.headers.get('Retry-After') ?? 1));
    return ask(method, path, body, contentType);
  }
  return { status: response.status, body: (await response.json()) as never };
}

const keyOf = ({ group, plural }: ServedResource): string => (group === '' ? plural : `${group}/${plural}`);
const stored = RESOURCES.filter(({ verbs }) => ['create', 'get', 'list', 'update', 'patch', 'delete'].every((verb) => verbs.includes(verb)));
const cases = stored.map((resource): [string, ServedResource] => [`${groupVersion(resource.group, resource.version)} ${resource.kind}`, resource]);

describe('every kind', () => {
  it.each(cases)('%s', async (_title, resource) => {
    const apiVersion = groupVersion(resource.group, resource.version);
    const collection = `${resource.group === '' ? '/api' : '/apis'}/${apiVersion}${resource.namespaced ? '/namespaces/default' : ''}/${resource.plural}`;
    const name = NAMES[keyOf(resource)] ?? NAME;
    const made = await ask('POST', collection, { apiVersion, kind: resource.kind, metadata: { name }, ...NEEDED[keyOf(resource)] });
    expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201, body: { apiVersion, kind: resource.kind, metadata: { name } } });
    expect((await ask('GET', `${collection}/${name}`)).body.metadata.uid).toBe(made.body.metadata.uid);
    expect((await ask('GET', collection)).body.items.map(({ metadata }) => metadata.name)).toContain(name);
    const replace = async (): ReturnType<typeof ask> => {
      const { body: current } = await ask('GET', `${collection}/${name}`);
      return ask('PUT', `${collection}/${name}`, { ...current, metadata: { ...current.metadata, labels: { by: 'put' } } });
    };
    // A controller may have written in between, as it does with a Deployment that is new.
    let replaced = await replace();
    for (let tries = 1; tries < 10 && replaced.body.reason === 'Conflict'; tries++) replaced = await replace();
    expect(replaced, JSON.stringify(replaced.body)).toMatchObject({ status: 200, body: { metadata: { labels: { by: 'put' } } } });
    const patched = await ask('PATCH', `${collection}/${name}`, { metadata: { labels: { by: 'patch' } } }, 'application/merge-patch+json');
    expect(patched, JSON.stringify(patched.body)).toMatchObject({ status: 200, body: { metadata: { labels: { by: 'patch' } } } });
    const deleted = await ask('DELETE', `${collection}/${name}`, { gracePeriodSeconds: 0 });
    expect(deleted.status, JSON.stringify(deleted.body)).toBe(200);
    for (let seconds = 0; seconds < 60 && (await ask('GET', `${collection}/${name}`)).status !== 404; seconds += 5) await server.jump(5);
    expect((await ask('GET', `${collection}/${name}`)).status).toBe(404);
  });
});
