cat > web.yaml <<'X'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: nginx, image: nginx}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cfg, labels: {app: web}}
data: {a: "1"}
X
kubectl diff -f web.yaml
kubectl apply -f web.yaml --dry-run=client
kubectl apply -f web.yaml --dry-run=server
kubectl apply -f web.yaml
kubectl apply -f web.yaml
kubectl apply view-last-applied cm/cfg
kubectl apply view-last-applied deploy web -o json | head -4
kubectl apply set-last-applied -f web.yaml
sed -i 's/"1"/"2"/' web.yaml
kubectl diff -f web.yaml
kubectl apply -f web.yaml -o name
kubectl apply -f web.yaml --prune
kubectl apply -f web.yaml --prune --all --prune-allowlist=core/v1/ConfigMap
kubectl create cm extra --from-literal=x=y
kubectl label cm extra app=web
kubectl create cm extra2 --from-literal=x=y --save-config
kubectl label cm extra2 app=web
kubectl apply -f web.yaml --prune -l app=web --prune-allowlist=nosuch
kubectl apply --server-side -f web.yaml
kubectl apply --server-side -f web.yaml --field-manager=me
sed -i 's/"2"/"3"/' web.yaml
kubectl apply --server-side -f web.yaml --field-manager=other --force-conflicts
kubectl apply --force-conflicts -f web.yaml
kubectl apply -f web.yaml --server-side --dry-run=client
kubectl create -f web.yaml
kubectl replace -f web.yaml
kubectl delete -f web.yaml --dry-run=client
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: [{name: A_B, image: ""}]}\n' | kubectl apply -f -
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: [{name: a, image: x, ports: [{containerPort: 99999}]}], restartPolicy: Sometimes}\n' | kubectl apply -f -
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: [{name: a, imag: x}]}\n' | kubectl apply -f -
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: [{name: a, imag: x}]}\n' | kubectl apply --validate=false -f -
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: [{name: a, image: x, foo: 1}]}\n' | kubectl apply --validate=warn -f -
printf 'apiVersion: v2\nkind: Pod\nmetadata: {name: bad}\n' | kubectl apply -f -
printf 'kind: Pod\nmetadata: {name: bad}\n' | kubectl apply -f -
printf 'apiVersion: v1\nmetadata: {name: bad}\n' | kubectl apply -f -
printf 'apiVersion: v1\nkind: Pod\n' | kubectl apply -f -
printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: bad\n spec: x\n' | kubectl apply -f -
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: "x"}\n' | kubectl apply -f -
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: bad}\nspec: {replicas: x}\n' | kubectl apply -f -
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: bad}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: a, image: x}]}}}\n' | kubectl apply -f -
printf '' | kubectl apply -f -
printf 'hello' | kubectl apply -f -
printf '{"a":' | kubectl create -f -
printf 'apiVersion: v1\nkind: List\nitems: []\n' | kubectl apply -f -
printf 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: NodePort, ports: [{port: 80, nodePort: 80}]}\n' | kubectl apply -f -
printf 'apiVersion: v1\nkind: Service\nmetadata: {name: 1s}\nspec: {ports: [{port: 80}]}\n' | kubectl create -f -
printf 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec: {schedule: "bad", jobTemplate: {spec: {template: {spec: {restartPolicy: Always, containers: [{name: a, image: x}]}}}}}\n' | kubectl create -f -
printf 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {accessModes: [Bad], resources: {requests: {storage: x}}}\n' | kubectl create -f -
printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: Bad_Name}\n' | kubectl create -f -
printf 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {minReplicas: 5, maxReplicas: 2, scaleTargetRef: {kind: Deployment, name: web}}\n' | kubectl create -f -
printf 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: [{host: "bad host", http: {paths: [{path: x, pathType: Prefix, backend: {service: {name: a}}}]}}]}\n' | kubectl create -f -
printf 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: gen-}\nspec: {containers: [{name: a, image: nginx}]}\n' | kubectl create -f -
printf 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: gen-}\nspec: {containers: [{name: a, image: nginx}]}\n' | kubectl apply -f -
kubectl get cm cfg -o jsonpath='{.data}{"\n"}{.metadata.name}{"\t"}{.nosuch}{"\n"}'
kubectl get pods -o jsonpath='{range .items[*]}{.metadata.labels.app}{"\n"}{end}'
kubectl get pods -o jsonpath='{.items[?(@.metadata.labels.app=="web")].spec.containers[*].image}'
kubectl get pods -o jsonpath='{.items[0:1].kind}{.items[-1].kind}{..image}'
kubectl get pods -o jsonpath-as-json='{.items[*].kind}'
kubectl get deploy web -o custom-columns=NAME:.metadata.name,IMG:.spec.template.spec.containers[*].image,NONE:.x.y
kubectl get deploy web -o custom-columns-file=nosuch
kubectl get deploy web -o go-template='{{.metadata.name}}: {{.spec.replicas}}{{"\n"}}'
kubectl get deploy web -o go-template='{{range $k, $v := .metadata.labels}}{{$k}}={{$v}} {{end}}{{if eq .kind "Deployment"}}yes{{else}}no{{end}}{{len .metadata.name}}{{printf "%d|%s" 3 "x"}}'
kubectl get deploy web -o kyaml | head -5
kubectl get deploy web --template='{{.nosuch}}'
kubectl get all -l app=web -o name
kubectl get cm -A --field-selector metadata.name=cfg --no-headers
kubectl get ns --sort-by=.metadata.creationTimestamp -o name | head -3
kubectl get nodes --sort-by='{.metadata.name}' -o name
kubectl get deploy web --subresource=status -o jsonpath='{.kind}'
kubectl get deploy web --subresource=scale
kubectl get deploy web --subresource=nosuch
kubectl get -f web.yaml
kubectl get -f web.yaml -o name
kubectl describe -f web.yaml | head -5
kubectl delete -f web.yaml
EDITOR="sed -i s/kube-root/x/" kubectl edit cm nosuch
kubectl create cm e --from-literal=a=1
EDITOR="sed -i s/nothing/b/" kubectl edit cm e
EDITOR="false" kubectl edit cm e
kubectl create deployment web --image=nginx
kubectl create cm c --from-literal=a=1 --from-literal=yes=true --from-literal=m=$'x\ny\n'
kubectl get cm c -o kyaml
kubectl get cm -o kyaml
kubectl get svc kubernetes -o kyaml
kubectl get sa default -o kyaml
kubectl create deployment x --image=nginx --dry-run=client -o kyaml
kubectl get ns kube-public -o kyaml
