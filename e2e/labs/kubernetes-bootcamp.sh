# The Kubernetes bootcamp: deploy, explore, expose, scale, update, a failed update and its undo.
kubectl get nodes
#= NAME STATUS ROLES AGE VERSION
#= control-plane Ready control-plane … v1.37.2
#= worker-1 Ready <none> … v1.37.2
#= …
kubectl create deployment kubernetes-bootcamp --image=gcr.io/google-samples/kubernetes-bootcamp:v1
sleep 10
kubectl proxy &
#= Starting to serve on 127.0.0.1:8001
export POD_NAME="$(kubectl get pods -o go-template --template '{{range .items}}{{.metadata.name}}{{"\n"}}{{end}}')"
echo Name of the Pod: $POD_NAME
#= Name of the Pod: kubernetes-bootcamp-…
curl -s http://localhost:8001/api/v1/namespaces/default/pods/$POD_NAME/ | head -7
#= {
#=   "kind": "Pod",
#=   "apiVersion": "v1",
#=   "metadata": {
#=     "name": "kubernetes-bootcamp-…",
#=     "generateName": "kubernetes-bootcamp-…-",
#=     "namespace": "default",
curl -s http://localhost:8001/api/v1/namespaces/default/pods/$POD_NAME:8080/proxy/
#= Hello Kubernetes bootcamp! | Running on: kubernetes-bootcamp-… | v=1
kill %1
kubectl logs "$POD_NAME"
#= Kubernetes Bootcamp App Started At: 2026-11-24T… | Running On:  kubernetes-bootcamp-…
#= …
kubectl exec "$POD_NAME" -- env
#= PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
#= HOSTNAME=kubernetes-bootcamp-…
#= NPM_CONFIG_LOGLEVEL=info
#= NODE_VERSION=6.3.1
#= KUBERNETES_…
#= …
#= HOME=/root
kubectl exec -ti $POD_NAME -- bash
cat server.js | head -1
curl http://localhost:8080
exit 4
#= root@kubernetes-bootcamp-…:/# cat server.js | head -1
#= var http = require('http');
#= root@kubernetes-bootcamp-…:/# curl http://localhost:8080
#= Hello Kubernetes bootcamp! | Running on: kubernetes-bootcamp-… | v=1
#= root@kubernetes-bootcamp-…:/# exit 4
#= command terminated with exit code 4
echo $?
#= 4
kubectl exec $POD_NAME -- nonesuch
#= error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "…": OCI runtime exec failed: exec failed: unable to start container process: exec: "nonesuch": executable file not found in $PATH: unknown
kubectl expose deployment/kubernetes-bootcamp --type="NodePort" --port 8080
#= service/kubernetes-bootcamp exposed
export NODE_PORT="$(kubectl get services/kubernetes-bootcamp -o go-template='{{(index .spec.ports 0).nodePort}}')"
curl http://"$(minikube ip):$NODE_PORT"
#= Hello Kubernetes bootcamp! | Running on: kubernetes-bootcamp-… | v=1
kubectl label pods "$POD_NAME" version=v1
#= pod/kubernetes-bootcamp-… labeled
kubectl get pods -l version=v1 -o name
#= pod/kubernetes-bootcamp-…
kubectl scale deployments/kubernetes-bootcamp --replicas=4
sleep 10
kubectl get rs
#= NAME DESIRED CURRENT READY AGE
#= kubernetes-bootcamp-… 4 4 4 …
for i in $(seq 40); do curl -s http://"$(minikube ip):$NODE_PORT"; done | sort -u | wc -l
#= 4
kubectl set image deployments/kubernetes-bootcamp kubernetes-bootcamp=jocatalin/kubernetes-bootcamp:v2
#= deployment.apps/kubernetes-bootcamp image updated
kubectl rollout status deployments/kubernetes-bootcamp
#= …
#= deployment "kubernetes-bootcamp" successfully rolled out
curl -s http://"$(minikube ip):$NODE_PORT"
#= Hello Kubernetes bootcamp! | Running on: kubernetes-bootcamp-… | v=2
kubectl set image deployments/kubernetes-bootcamp kubernetes-bootcamp=gcr.io/google-samples/kubernetes-bootcamp:v10
sleep 30
kubectl get pods | grep -c ImagePull
#= 2
kubectl get deployments
#= NAME READY UP-TO-DATE AVAILABLE AGE
#= kubernetes-bootcamp 3/4 2 3 …
curl -s http://"$(minikube ip):$NODE_PORT"
#= Hello Kubernetes bootcamp! | Running on: kubernetes-bootcamp-… | v=2
kubectl rollout undo deployments/kubernetes-bootcamp
#= deployment.apps/kubernetes-bootcamp rolled back
sleep 10
kubectl get deployments
#= NAME READY UP-TO-DATE AVAILABLE AGE
#= kubernetes-bootcamp 4/4 4 4 …
kubectl delete deployments/kubernetes-bootcamp services/kubernetes-bootcamp
#= deployment.apps "kubernetes-bootcamp" deleted from default namespace
#= service "kubernetes-bootcamp" deleted from default namespace
