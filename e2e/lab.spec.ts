/**
 * The lab of a first class, typed into the terminals of a room by the instructor and two students. What is checked is what a
 * student reads: columns, names, messages.
 */
import { boxOf, enlargeTerminal, holdClass, setRate, type HeldClass, type Terminal } from './support/classroom.ts';
import { expect, test } from './support/test.ts';

let room: HeldClass;
let teacher: Terminal;
let ada: Terminal;
let linus: Terminal;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser, server }) => {
  room = await holdClass(browser, server.url, { viewport: { width: 1600, height: 1000 }, reducedMotion: 'reduce' });
  [teacher, ada, linus] = [await enlargeTerminal(room.instructor), await enlargeTerminal(room.ada), await enlargeTerminal(room.linus)];
  await setRate(room.instructor, 10);
});
test.afterAll(() => room.close());

/** A row of a table: its cells, with anything where it does not matter. */
function row(...cells: (string | RegExp)[]): RegExp {
  const sources = cells.map((cell) => (typeof cell === 'string' ? cell.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`) : cell.source));
  return new RegExp(`^${sources.join(' +')}$`, 'm');
}
const AGE = /\d+[smh](?:\d+[sm])?/;
const HASH = /[0-9a-z]+/;

test.describe('Ada', () => {
  test('starts minikube and looks at it', async () => {
    const started = await ada.run('minikube start');
    expect(started).toContain('minikube v1.37.0');
    expect(started).toContain('🏄  Done! kubectl is now configured to use "quorum" cluster and "default" namespace by default');
    expect(await ada.run('minikube start --container-runtime=docker')).toContain('🏄  Done!');
    expect(await ada.run('minikube status')).toMatch(/^control-plane\ntype: Control Plane\nhost: Running\nkubelet: Running\napiserver: Running\nkubeconfig: Configured\n\nworker-1\ntype: Worker\nhost: Running\nkubelet: Running\n/);
    expect(await ada.run('minikube dashboard')).toContain('Opening the cluster view');
  });

  test('deploys hello-minikube and reaches it from outside', async () => {
    expect(await ada.run('kubectl create deployment hello-minikube --image=kicbase/echo-server:1.0')).toBe('deployment.apps/hello-minikube created');
    expect(await ada.run('kubectl expose deployment hello-minikube --type=NodePort --port=8080')).toBe('service/hello-minikube exposed');
    expect(await ada.run('kubectl get services hello-minikube')).toMatch(row('NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE'));
    await ada.until('kubectl get deployments', row('hello-minikube', '1/1', '1', '1', AGE));
    const url = await ada.run('minikube service hello-minikube --url');
    expect(url).toMatch(/^http:\/\/192\.168\.49\.2:3\d{4}$/);
    const answer = await ada.run('curl $(minikube service hello-minikube --url)');
    expect(answer).toMatch(/^Request served by hello-minikube-\w+-\w+\n\nHTTP\/1\.1 GET \/\n/);
    expect(answer).toContain(`Host: ${url.slice('http://'.length)}`);
    await ada.start('minikube service hello-minikube');
    await expect(room.ada.getByRole('dialog')).toContainText(url);
    await room.ada.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await ada.background('kubectl port-forward service/hello-minikube 7080:8080', /Forwarding from 127\.0\.0\.1:7080 -> 8080/);
    expect(await ada.run('curl -s localhost:7080')).toContain('Host: localhost:7080');
  });

  test('deploys hello-node behind a load balancer', async () => {
    expect(await ada.run('kubectl create deployment hello-node --image=registry.k8s.io/e2e-test-images/agnhost:2.39 -- /agnhost netexec --http-port=8080')).toBe('deployment.apps/hello-node created');
    await ada.until('kubectl get deployments', row('hello-node', '1/1', '1', '1', AGE));
    const pods = await ada.run('kubectl get pods');
    expect(pods).toMatch(row('NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE'));
    expect(pods).toMatch(row(/hello-node-\w+-\w+/, '1/1', 'Running', '0', AGE));
    const events = await ada.run('kubectl get events | grep hello-node');
    for (const reason of ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started', 'SuccessfulCreate', 'ScalingReplicaSet']) expect(events).toMatch(new RegExp(` Normal +${reason} `));
    expect(await ada.run('kubectl expose deployment hello-node --type=LoadBalancer --port=8080')).toBe('service/hello-node exposed');
    expect(await ada.run('kubectl get services')).toMatch(row('hello-node', 'LoadBalancer', /10\.\d+\.\d+\.\d+/, '<pending>', /8080:3\d{4}\/TCP/, AGE));
    expect(await ada.run('curl -s $(minikube service hello-node --url)')).toMatch(/^NOW: 20\d\d-/);
    await ada.background('minikube tunnel', /Starting tunnel for service hello-node/);
    await ada.until('kubectl get services hello-node', row('hello-node', 'LoadBalancer', /10\.\d+\.\d+\.\d+/, /10\.\d+\.\d+\.\d+/, /8080:3\d{4}\/TCP/, AGE));
    expect(await ada.run("curl -s http://$(kubectl get svc hello-node -o jsonpath='{.status.loadBalancer.ingress[0].ip}'):8080/hostname")).toMatch(/^hello-node-/);
  });

  test('enables an addon and disables it', async () => {
    const list = await ada.run('minikube addons list');
    expect(list).toMatch(/│ metrics-server +│ quorum +│ disabled +│ Kubernetes +│/);
    expect(list).toMatch(/│ storage-provisioner +│ quorum +│ enabled ✅ +│/);
    expect(await ada.run('minikube addons enable metrics-server')).toContain("🌟  The 'metrics-server' addon is enabled");
    await ada.until('kubectl get pod,svc -n kube-system', row(/pod\/metrics-server-\w+-\w+/, /\d\/1/, /\w+/, '0', AGE));
    expect(await ada.run('kubectl get pod,svc -n kube-system')).toMatch(row('service/metrics-server', 'ClusterIP', /[\d.]+/, '<none>', '443/TCP', AGE));
    expect(await ada.run('minikube addons disable metrics-server')).toContain("The 'metrics-server' addon is disabled");
  });

  test('looks at the cluster', async () => {
    const nodes = await ada.run('kubectl get nodes');
    expect(nodes).toMatch(row('NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION'));
    expect(nodes).toMatch(row('control-plane', 'Ready', 'control-plane', AGE, /v1\.37\.\d+/));
    for (const worker of ['worker-1', 'worker-2', 'worker-3']) expect(nodes).toMatch(row(worker, 'Ready', '<none>', AGE, /v1\.37\.\d+/));
    expect(await ada.run('kubectl cluster-info')).toContain('Kubernetes control plane is running at https://192.168.49.2:6443');
    expect(await ada.run('kubectl config view')).toContain('    certificate-authority-data: DATA+OMITTED\n    server: https://192.168.49.2:6443');
    expect(await ada.run('kubectl get rs')).toMatch(row(/hello-node-\w+/, '1', '1', '1', AGE));
    expect(await ada.run('kubectl get pods -o wide')).toMatch(row(/hello-node-\w+-\w+/, '1/1', 'Running', '0', AGE, /10\.244\.\d\.\d+/, /worker-[123]/, '<none>', '<none>'));
    expect(await ada.run('kubectl get pods -A --field-selector spec.nodeName=control-plane -o name')).toContain('pod/etcd-control-plane');
    expect(await ada.run('kubectl describe node control-plane | head -30')).toContain('Taints:             node-role.kubernetes.io/control-plane:NoSchedule');
    expect(await ada.run('kubectl describe service hello-node')).toMatch(/^Endpoints: +10\.244\.\d\.\d+:8080$/m);
  });
});

test.describe('Linus', () => {
  test('deploys the bootcamp and explores its pod', async () => {
    expect(await linus.run('kubectl create deployment kubernetes-bootcamp --image=gcr.io/google-samples/kubernetes-bootcamp:v1')).toBe('deployment.apps/kubernetes-bootcamp created');
    await linus.until('kubectl get deployments', row('kubernetes-bootcamp', '1/1', '1', '1', AGE));
    await linus.run("export POD_NAME=$(kubectl get pods -l app=kubernetes-bootcamp -o jsonpath='{.items[0].metadata.name}')");
    const pod = await linus.run('echo $POD_NAME');
    expect(pod).toMatch(/^kubernetes-bootcamp-\w+-\w+$/);
    await linus.background('kubectl proxy', /Starting to serve on 127\.0\.0\.1:8001/);
    expect(await linus.run('curl -s http://localhost:8001/version')).toContain('"major": "1",\n  "minor": "37"');
    expect(await linus.run('curl http://localhost:8001/api/v1/namespaces/default/pods/$POD_NAME/ | jq .metadata.name')).toContain(`"${pod}"`);
    expect(await linus.run('kubectl logs $POD_NAME')).toMatch(new RegExp(`^Kubernetes Bootcamp App Started At: .+ \\| Running On:  ${pod}`));
    const environment = await linus.run('kubectl exec $POD_NAME -- env');
    expect(environment).toContain(`HOSTNAME=${pod}`);
    expect(environment).toContain('KUBERNETES_SERVICE_HOST=10.96.0.1');
    expect((await linus.run('kubectl exec $POD_NAME -- ls')).split('\n')).toContain('server.js');
    expect(await linus.run('kubectl exec $POD_NAME -- hostname')).toBe(pod);
    expect(await linus.run('kubectl exec $POD_NAME -- cat /etc/hostname')).toBe(pod);
    await linus.start('kubectl exec -it $POD_NAME -- bash');
    await linus.shows(/^root@kubernetes-bootcamp-\S+[#]$/m);
    await room.linus.keyboard.type('curl localhost:8080');
    await room.linus.keyboard.press('Enter');
    await linus.shows(new RegExp(`Hello Kubernetes bootcamp! \\| Running on: ${pod} \\| v=1`));
    await room.linus.keyboard.type('exit');
    await room.linus.keyboard.press('Enter');
    await linus.ends('kubectl exec -it');
    const described = await linus.run('kubectl describe pods $POD_NAME');
    expect(described).toMatch(/^ +Normal +Started +\S+ +kubelet +.*Container started$/m);
  });

  test('exposes and scales it', async () => {
    expect(await linus.run('kubectl expose deployment/kubernetes-bootcamp --type="NodePort" --port 8080')).toBe('service/kubernetes-bootcamp exposed');
    expect(await linus.run('kubectl describe services/kubernetes-bootcamp')).toMatch(/^NodePort: +<unset> +3\d{4}\/TCP$/m);
    expect(await linus.run('kubectl scale deployments/kubernetes-bootcamp --replicas=4')).toBe('deployment.apps/kubernetes-bootcamp scaled');
    await linus.until('kubectl get deployments', row('kubernetes-bootcamp', '4/4', '4', '4', AGE));
    expect(await linus.run('kubectl get rs')).toMatch(row(/kubernetes-bootcamp-\w+/, '4', '4', '4', AGE));
    const described = await linus.run('kubectl describe deployments/kubernetes-bootcamp');
    expect(described).toMatch(/^Replicas: +4 desired \| 4 updated \| 4 total \| 4 available \| 0 unavailable$/m);
    expect(described).toMatch(/Scaled up replica set kubernetes-bootcamp-\w+ from 1 to 4$/m);
    // The requests are spread over the pods.
    await linus.run('URL=$(minikube service kubernetes-bootcamp --url)');
    const names = new Set<string>();
    await expect(async () => {
      for (const [, name] of (await linus.run('curl -s $URL; curl -s $URL; curl -s $URL; curl -s $URL')).matchAll(/Running on: (\S+) \| v=1/g)) names.add(name as string);
      expect(names.size).toBe(4);
    }).toPass();
  });

  test('updates it, sees an update fail while the old pods serve, and undoes it', async () => {
    expect(await linus.run('kubectl set image deployments/kubernetes-bootcamp kubernetes-bootcamp=jocatalin/kubernetes-bootcamp:v2')).toBe('deployment.apps/kubernetes-bootcamp image updated');
    expect(await linus.run('kubectl rollout status deployments/kubernetes-bootcamp')).toContain('deployment "kubernetes-bootcamp" successfully rolled out');
    expect(await linus.run('curl -s $URL')).toContain('v=2');
    await linus.run('kubectl set image deployments/kubernetes-bootcamp kubernetes-bootcamp=gcr.io/google-samples/kubernetes-bootcamp:v10');
    await linus.until('kubectl get pods', row(/kubernetes-bootcamp-\w+-\w+/, '0/1', 'ImagePullBackOff', '0', AGE));
    expect(await linus.run('kubectl get deployments')).toMatch(row('kubernetes-bootcamp', '3/4', '2', '3', AGE));
    expect(await linus.run('curl -s $URL')).toContain('v=2');
    expect(await linus.run('kubectl get events --field-selector reason=Failed | tail -2')).toMatch(/Error: (ErrImagePull|ImagePullBackOff)|Failed to pull image "gcr\.io\/google-samples\/kubernetes-bootcamp:v10"/);
    expect(await linus.run('kubectl rollout history deployments/kubernetes-bootcamp')).toBe('deployment.apps/kubernetes-bootcamp\nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n3         <none>\n');
    expect(await linus.run('kubectl rollout undo deployments/kubernetes-bootcamp')).toBe('deployment.apps/kubernetes-bootcamp rolled back');
    expect(await linus.run('kubectl rollout status deployments/kubernetes-bootcamp')).toContain('successfully rolled out');
    expect(await linus.run('kubectl rollout history deployments/kubernetes-bootcamp')).toContain('\n3         <none>\n4         <none>\n');
    await linus.until('kubectl get pods -l app=kubernetes-bootcamp --no-headers | wc -l', /^4$/);
  });

  test('restarts, pauses and resumes a rollout', async () => {
    expect(await linus.run('kubectl rollout restart deployment/kubernetes-bootcamp')).toBe('deployment.apps/kubernetes-bootcamp restarted');
    expect(await linus.run('kubectl rollout pause deployment/kubernetes-bootcamp')).toBe('deployment.apps/kubernetes-bootcamp paused');
    expect(await linus.run('kubectl rollout undo deployment/kubernetes-bootcamp')).toContain('error: you cannot rollback a paused deployment; resume it first');
    expect(await linus.run('kubectl rollout resume deployment/kubernetes-bootcamp')).toBe('deployment.apps/kubernetes-bootcamp resumed');
    expect(await linus.run('kubectl rollout status deployment/kubernetes-bootcamp')).toContain('successfully rolled out');
  });

  test('edits the deployment in the browser', async () => {
    await linus.start('kubectl edit deployment kubernetes-bootcamp');
    const editor = room.linus.getByRole('dialog').getByTestId('edit-editor');
    await expect(editor).toContainText('kind: Deployment');
    await expect(editor).not.toContainText('managedFields');
    const line = editor.locator('.cm-line', { hasText: 'replicas: 4' });
    await line.scrollIntoViewIfNeeded();
    await line.click();
    await room.linus.keyboard.press('End');
    await room.linus.keyboard.press('Backspace');
    await room.linus.keyboard.type('2');
    await room.linus.getByTestId('edit-save').click();
    expect(await linus.ends('kubectl edit')).toContain('deployment.apps/kubernetes-bootcamp edited');
    await linus.until('kubectl get deployments', row('kubernetes-bootcamp', '2/2', '2', '2', AGE));
  });

  test('labels a pod, finds it by label, and deletes everything', async () => {
    // The pods that scaling down took are still leaving; one of them must not be the one that is labelled.
    await linus.until('kubectl get pods -l app=kubernetes-bootcamp --no-headers | wc -l', /^2$/);
    await linus.run("export POD_NAME=$(kubectl get pods -l app=kubernetes-bootcamp -o jsonpath='{.items[0].metadata.name}')");
    expect(await linus.run('kubectl label pods $POD_NAME version=v1')).toMatch(/^pod\/kubernetes-bootcamp-\w+-\w+ labeled$/);
    expect(await linus.run('kubectl get pods -l version=v1 --show-labels')).toMatch(row(/kubernetes-bootcamp-\w+-\w+/, '1/1', 'Running', '0', AGE, new RegExp(`app=kubernetes-bootcamp,pod-template-hash=${HASH.source},version=v1`)));
    expect(await linus.run('kubectl get services -l app=kubernetes-bootcamp -o name')).toBe('service/kubernetes-bootcamp');
    expect(await linus.run('kubectl delete deployments/kubernetes-bootcamp services/kubernetes-bootcamp')).toBe('deployment.apps "kubernetes-bootcamp" deleted from default namespace\nservice "kubernetes-bootcamp" deleted from default namespace');
    await linus.until('kubectl get pods -l app=kubernetes-bootcamp', /^No resources found in default namespace\.$/);
    expect(await linus.run('curl -s -o /dev/null $URL; echo $?')).toBe('7');
    expect(await linus.run('kubectl get deployment kubernetes-bootcamp')).toBe('Error from server (NotFound): deployments.apps "kubernetes-bootcamp" not found');
  });
});

test.describe('the instructor', () => {
  test('cordons, drains and taints nodes', async () => {
    await teacher.run('kubectl create deployment web --image=nginx:1.27 --replicas=3');
    expect(await teacher.run('kubectl rollout status deployment/web')).toContain('deployment "web" successfully rolled out');
    expect(await teacher.run('kubectl cordon worker-1')).toBe('node/worker-1 cordoned');
    expect(await teacher.run('kubectl get nodes')).toMatch(row('worker-1', 'Ready,SchedulingDisabled', '<none>', AGE, /v1\.37\.\d+/));
    const drained = await teacher.run('kubectl drain worker-1 --ignore-daemonsets');
    expect(drained).toContain('node/worker-1 already cordoned');
    expect(drained).toMatch(/^evicting pod default\/web-\w+-\w+$/m);
    expect(drained).toMatch(/^node\/worker-1 drained$/m);
    await teacher.until('kubectl get deployment web', row('web', '3/3', '3', '3', AGE));
    expect(await teacher.run('kubectl get pods -l app=web -o wide')).not.toContain('worker-1');
    expect(await teacher.run('kubectl uncordon worker-1')).toBe('node/worker-1 uncordoned');
    expect(await teacher.run('kubectl taint nodes worker-2 dedicated=db:NoSchedule')).toBe('node/worker-2 tainted');
    expect(await teacher.run('kubectl describe node worker-2 | grep Taints')).toBe('Taints:             dedicated=db:NoSchedule');
    await teacher.run('kubectl scale deployment web --replicas=9');
    await teacher.until('kubectl get deployment web', row('web', '9/9', '9', '9', AGE));
    // Those that were there before the taint stay, and none comes.
    expect(Number(await teacher.run('kubectl get pods -l app=web -o wide | grep -c worker-2'))).toBeLessThanOrEqual(2);
    expect(await teacher.run('kubectl taint nodes worker-2 dedicated-')).toBe('node/worker-2 untainted');
  });

  test('applies a here-document', async () => {
    expect(await teacher.typeLines('kubectl apply -f - <<END\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: greeting\ndata:\n  hello: world\nEND')).toBe('configmap/greeting created');
    expect(await teacher.run("kubectl get configmap greeting -o jsonpath='{.data.hello}{\"\\n\"}'")).toBe('world');
    expect(await teacher.run("printf 'apiVersion: v1\\nkind: ConfigMap\\n' | kubectl apply -f -")).toMatch(/^error: error when retrieving current configuration of:\nResource: "\/v1, Resource=configmaps".*\n.*\nfrom server for: "STDIN": resource name may not be empty$/);
    expect(await teacher.run('kubectl get configmap greeting -o yaml')).toContain('data:\n  hello: world\nkind: ConfigMap');
  });

  test('routes an Ingress by host and path', async () => {
    expect(await teacher.run('minikube addons enable ingress')).toContain("The 'ingress' addon is enabled");
    await teacher.run('kubectl expose deployment web --port=80; kubectl create deployment other --image=httpd:2.4; kubectl expose deployment other --port=80');
    expect(await teacher.run('kubectl create ingress shop --class=nginx --rule="shop.example/=web:80" --rule="shop.example/other*=other:80"')).toBe('ingress.networking.k8s.io/shop created');
    await teacher.until('kubectl get ingress', row('shop', 'nginx', 'shop.example', '192.168.49.2', '80', AGE));
    await teacher.until("curl -s -H 'Host: shop.example' http://$(minikube ip)/", /<title>Welcome to nginx!<\/title>/);
    // httpd answers, which has no such page.
    await teacher.until("curl -s -H 'Host: shop.example' http://$(minikube ip)/other", /The requested URL was not found on this server\./);
    expect(await teacher.run("curl -s -H 'Host: elsewhere.example' http://$(minikube ip)/")).toContain('<center>nginx</center>');
    expect(await teacher.run('kubectl describe ingress shop')).toMatch(/^ +\/other +other:80 \(10\.244\.\d+\.\d+:80\)$/m);
  });

  test('adds a node with kubeadm', async () => {
    const command = (await teacher.run('kubeadm token create --print-join-command')).replaceAll('\n', '').trim();
    expect(command).toMatch(/^kubeadm join 192\.168\.49\.2:6443 --token [0-9a-z]{6}\.[0-9a-z]{16} --discovery-token-ca-cert-hash sha256:[0-9a-f]{64}$/);
    expect(await teacher.run(command)).toContain('This node has joined the cluster:');
    await teacher.until('kubectl get nodes', row('worker-4', 'Ready', '<none>', AGE, /v1\.37\.\d+/));
    await expect(room.ada.getByTestId('node').and(room.ada.locator('[data-key="worker-4"]'))).toHaveAttribute('data-ready', 'True');
  });

  test('uses pipes, outputs and the small tools', async () => {
    expect(await teacher.run('kubectl get svc web -o json | jq .spec.ports[0].port')).toBe('80');
    expect(await teacher.run('kubectl get pods -l app=web --sort-by=.metadata.name -o name | head -1')).toMatch(/^pod\/web-\w+-\w+$/);
    expect(await teacher.run('kubectl get pods -l app=other -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName')).toMatch(row('NAME', 'NODE'));
    expect(await teacher.run('kubectl run once --image=busybox --dry-run=client -o yaml > once.yaml && grep -c image once.yaml')).toBe('1');
    expect(await teacher.run("printf 'a\\nb\\n' | sort -r | tail -1; printf hi | base64 | sed s/=//")).toBe('a\naGk');
    expect(await teacher.run('timeout 5 kubectl get pods -w > /dev/null; echo $?')).toBe('124');
    await teacher.start('watch -n 2 kubectl get nodes');
    await teacher.shows(/^Every 2\.0s: kubectl get nodes/);
    await teacher.shows(row('worker-4', 'Ready', '<none>', AGE, /v1\.37\.\d+/));
    await teacher.interrupt();
    await teacher.ends('watch');
    await teacher.run('kubectl run tool --image=busybox:1.36 -- sleep 3600');
    expect(await teacher.run('kubectl wait --for=condition=Ready pod/tool')).toBe('pod/tool condition met');
    expect(await teacher.run('kubectl exec tool -- nslookup web')).toMatch(/^Name:\s+web\.default\.svc\.cluster\.local$/m);
    expect(await teacher.run('kubectl exec tool -- wget -qO- http://web | head -4')).toContain('<title>Welcome to nginx!</title>');
    expect(await teacher.run('kubectl explain deployment.spec.replicas')).toMatch(/^GROUP: +apps\nKIND: +Deployment\nVERSION: +v1\n\nFIELD: replicas <integer>/);
  });

  test('follows a log and watches what changes', async () => {
    await teacher.start('kubectl logs -f deployment/other');
    await teacher.shows(/AH00094: Command line: 'httpd -D FOREGROUND'/);
    await ada.run("curl -s -H 'Host: shop.example' http://192.168.49.2/other/seen");
    await teacher.shows(/"GET \/other\/seen HTTP\/1\.1" 404/);
    await teacher.interrupt();
    await teacher.ends('kubectl logs -f');
    await teacher.start('kubectl get pods --watch-only');
    await ada.run('kubectl delete pod tool --now');
    await teacher.shows(row('tool', '1/1', 'Terminating', '0', AGE));
    await teacher.interrupt();
    await teacher.ends('kubectl get pods --watch-only');
  });

  test('stops, starts and deletes the cluster', async () => {
    expect(await teacher.run('minikube stop')).toContain('🛑  5 nodes stopped.');
    expect(await teacher.run('minikube status')).toMatch(/^control-plane\ntype: Control Plane\nhost: Stopped\n/);
    expect(await teacher.run('kubectl get nodes')).toContain('Unable to connect to the server');
    expect(await teacher.run('minikube start')).toMatch(/🔄  Restarting existing .* for "worker-4" \.\.\./);
    await teacher.until('kubectl get deployment web', row('web', '9/9', '9', '9', AGE));
    expect(await teacher.run('minikube delete')).toContain('💀  Removed all traces of the "quorum" cluster.');
    expect(await teacher.run('minikube start')).toContain('🏄  Done!');
    await teacher.until('kubectl get nodes', row('worker-3', 'Ready', '<none>', AGE, /v1\.37\.\d+/));
    expect(await teacher.run('kubectl get deployments')).toBe('No resources found in default namespace.');
  });
});

test('all three terminals stood on the screen the whole time', async () => {
  for (const page of [room.instructor, room.ada, room.linus]) expect((await boxOf(page.getByTestId('terminal'))).height).toBeGreaterThan(400);
});
