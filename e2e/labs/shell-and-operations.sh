# Manifests, nodes, sessions and formats: what else the course types.
kubectl apply -f - <<X
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: nginx, image: nginx, ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
X
#= deployment.apps/web created
#= service/web created
kubectl wait --for=condition=available deployment/web --timeout=60s
#= deployment.apps/web condition met
timeout 8 kubectl get pods -w &
#= NAME READY STATUS RESTARTS AGE
#= web-… 1/1 Running 0 …
#= web-… 1/1 Running 0 …
#= web-… 1/1 Running 0 …
kubectl scale deployment web --replicas=4
#= …
#= deployment.apps/web scaled
#= …
sleep 10
#= …
#= web-… 1/1 Running 0 …
kubectl logs deploy/web --tail=1
#= Found 4 pods, using pod/web-…
#= …start worker process 30
kubectl run tmp --rm -it --image=busybox:1.36 --restart=Never -- sh
nslookup web
wget -qO- web | head -4 | tail -1
wget -qO- -T 2 http://web:81
ping -c 1 web
exit 3
#= All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.
#= If you don't see a command prompt, try pressing enter.
#= / # nslookup web
#= Server: 10.96.0.10
#= Address: 10.96.0.10:53
#=
#= Name: web.default.svc.cluster.local
#= Address: 10.…
#=
#= / # wget -qO- web | head -4 | tail -1
#= <title>Welcome to nginx!</title>
#= / # wget -qO- -T 2 http://web:81
#= wget: can't connect to remote host (10.…): Connection refused
#= / # ping -c 1 web
#= PING web (10.…): 56 data bytes
#=
#= --- web ping statistics ---
#= 1 packets transmitted, 0 packets received, 100% packet loss
#= / # exit 3
#= pod "tmp" deleted from default namespace
#= pod default/tmp terminated (Error)
kubectl run once --rm -i --image=busybox:1.36 --restart=Never -- wget -qO- -T 2 http://nosuch
#= …wget: bad address 'nosuch'
#= pod "once" deleted from default namespace
#= pod default/once terminated (Error)
kubectl get pods -o json | jq -r '.items[] | select(.status.phase=="Running") | .metadata.name' | wc -l
#= 4
kubectl get deploy -o json | jq '[.items[] | {name: .metadata.name, images: (.spec.template.spec.containers | map(.image))}]'
#= [
#=   {
#=     "name": "web",
#=     "images": [
#=       "nginx"
#=     ]
#=   }
#= ]
kubectl get deploy web -o json | jq '.spec.template.spec | keys | length'
#= 6
kubectl cordon worker-1
#= node/worker-1 cordoned
kubectl drain worker-1 --ignore-daemonsets
#= node/worker-1 already cordoned
#= Warning: ignoring DaemonSet-managed Pods: kube-system/kube-proxy-…
#= …
#= node/worker-1 drained
kubectl uncordon worker-1
#= node/worker-1 uncordoned
kubectl explain deployment.spec.strategy
#= GROUP: apps
#= KIND: Deployment
#= VERSION: v1
#=
#= FIELD: strategy <DeploymentStrategy>
#=
#=
#= DESCRIPTION:
#=     The deployment strategy to use to replace existing pods with new ones.
#=     DeploymentStrategy describes how to replace existing pods with new ones.
#=
#= FIELDS:
#= …
minikube addons enable ingress
kubectl create ingress site --rule="web.example.com/*=web:80"
sleep 30
kubectl get pods -n ingress-nginx
#= NAME READY STATUS RESTARTS AGE
#= ingress-nginx-controller-… 1/1 Running 0 …
curl -s --resolve web.example.com:80:$(minikube ip) http://web.example.com/ | grep -o '<title>.*</title>'
#= <title>Welcome to nginx!</title>
curl -s -o /dev/null -w '%{http_code}\n' http://$(minikube ip)/
#= 404
$(kubeadm token create --print-join-command) --node-name worker-4
sleep 20
kubectl get nodes | tail -1
#= worker-4 Ready <none> … v1.37.2
kubectl create deployment bad --image=nosuchimage
sleep 5
kubectl get pods -l app=bad
#= NAME READY STATUS RESTARTS AGE
#= bad-… 0/1 ErrImagePull 0 5s
kubectl get pods -l app=bad -o jsonpath='{.items[0].status.containerStatuses[0].state.waiting.message}'
#= …failed to pull and unpack image "docker.io/library/nosuchimage:latest": failed to resolve reference "docker.io/library/nosuchimage:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
