import { describe, expect, it } from 'vitest';
import { MemoryFiles } from '../../lab/memory-files.ts';
import { toYaml } from '../printers/yaml.ts';
import { build } from './build.ts';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.26
        envFrom: [{configMapRef: {name: settings}}]
`;

async function built(files: Record<string, string>, directory = '/app', warnings: string[] = []): Promise<string> {
  const all = new MemoryFiles(Object.keys(files).map((path) => path.slice(0, path.lastIndexOf('/'))));
  for (const [path, text] of Object.entries(files)) all.write(path, text);
  return (await build(directory, { files: all, warn: (text) => warnings.push(text) })).map((object) => toYaml(object)).join('---\n');
}

describe('kustomize', () => {
  it.each([
    ['a ConfigMap from literals', 'configMapGenerator: [{name: example-configmap-2, literals: [FOO=Bar]}]', 'name: example-configmap-2-g2hdhfc6tk'],
    ['a ConfigMap from a file', 'configMapGenerator: [{name: example-configmap-1, files: [application.properties]}]', 'name: example-configmap-1-8mbdf7882g'],
    ['a Secret from a file', 'secretGenerator: [{name: example-secret-1, files: [password.txt]}]', 'name: example-secret-1-t2kt65hgtb'],
  ])('gives %s the name that the documentation shows', async (_title, kustomization, expected) => {
    expect(await built({ '/app/kustomization.yaml': kustomization, '/app/application.properties': 'FOO=Bar\n', '/app/password.txt': 'username=admin\npassword=secret\n' })).toContain(expected);
  });

  it.each([
    ['a prefix and a namespace', 'namePrefix: dev-\nnamespace: dev', ['name: dev-web', 'namespace: dev']],
    ['labels without selectors', 'labels: [{pairs: {team: a}}]', ['labels:\n    team: a', 'matchLabels:\n      app: web\n  template']],
    ['labels with selectors', 'labels: [{pairs: {team: a}, includeSelectors: true}]', ['matchLabels:\n      app: web\n      team: a']],
    ['an image tag', 'images: [{name: nginx, newTag: "1.27"}]', ['image: nginx:1.27']],
    ['another image', 'images: [{name: nginx, newName: httpd, digest: sha256:00}]', ['image: httpd@sha256:00']],
    ['replicas', 'replicas: [{name: web, count: 4}]', ['replicas: 4']],
    ['a strategic merge patch', 'patches: [{patch: "apiVersion: apps/v1\\nkind: Deployment\\nmetadata: {name: web}\\nspec: {template: {spec: {containers: [{name: web, image: x}]}}}"}]', ['image: x', 'name: settings']],
    ['a JSON patch with a target', 'patches: [{patch: "[{op: replace, path: /spec/template/spec/containers/0/image, value: other}]", target: {kind: Deploy.*}}]', ['image: other']],
    ['a deleting patch', 'patches: [{patch: "apiVersion: apps/v1\\nkind: Deployment\\nmetadata: {name: web}\\n$patch: delete"}]', ['']],
  ])('changes %s', async (_title, kustomization, expected) => {
    const text = await built({ '/app/kustomization.yaml': `resources: [web.yaml]\n${kustomization}`, '/app/web.yaml': DEPLOYMENT });
    for (const part of expected) expect(text).toContain(part);
  });

  it('follows names through overlays, generators and suffixes', async () => {
    const text = await built({
      '/base/kustomization.yaml': 'resources: [web.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=1]}]',
      '/base/web.yaml': DEPLOYMENT,
      '/app/kustomization.yaml': 'resources: [../base]\nnameSuffix: -v2\nconfigMapGenerator: [{name: settings, behavior: merge, literals: [b=2]}]',
    });
    const [, name] = /kind: ConfigMap\nmetadata:\n {2}name: (settings-v2-\w{10})/.exec(text) ?? [];
    expect(name).toBeDefined();
    expect(text).toContain(`configMapRef:\n            name: ${name}`);
    expect(text).toContain('a: "1"\n  b: "2"');
  });

  it('puts kinds into its order', async () => {
    const object = (kind: string): string => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: x}`;
    const text = await built({ '/app/kustomization.yaml': 'resources: [all.yaml]', '/app/all.yaml': ['Pod', 'Service', 'ConfigMap', 'Namespace'].map(object).join('\n---\n') });
    expect(text.match(/(?<=kind: )\w+/g)).toEqual(['Namespace', 'ConfigMap', 'Service', 'Pod']);
  });

  it.each([
    ['no kustomization', {}, "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '/app'"],
    ['an unknown field', { '/app/kustomization.yaml': 'resource: [x]' }, 'invalid Kustomization: json: unknown field "resource"'],
    ['a cycle', { '/app/kustomization.yaml': 'resources: [../other]', '/other/kustomization.yaml': 'resources: [../app]' }, "cycle detected: candidate root '/app' contains visited root '/app'"],
    ['two of one name', { '/app/kustomization.yaml': 'resources: [a.yaml, b.yaml]', '/app/a.yaml': DEPLOYMENT, '/app/b.yaml': DEPLOYMENT }, 'may not add resource with an already registered id: Deployment.v1.apps/web.[noNs]'],
  ])('says what is wrong with %s', async (_title, files: Record<string, string>, message) => {
    await expect(built(files)).rejects.toThrow(message);
  });

  it('warns of deprecated fields', async () => {
    const warnings: string[] = [];
    await built({ '/app/kustomization.yaml': 'resources: [web.yaml]\ncommonLabels: {a: b}', '/app/web.yaml': DEPLOYMENT }, '/app', warnings);
    expect(warnings).toEqual(["# Warning: 'commonLabels' is deprecated. Please use 'labels' instead. Run 'kustomize edit fix' to update your Kustomization automatically."]);
  });
});
