# The first lab of the course: a cluster, an echo server, ways in, an addon, and the end of it all.
# A line that begins with "#=" is what the command above it must print; "…" stands for anything, alone on its line for any lines.
minikube start
#= 😄  minikube v1.37.0 on Quorum
#= …
#= 🏄  Done! kubectl is now configured to use "quorum" cluster and "default" namespace by default
minikube start --container-runtime=docker
#= …
#= 🏄  Done! kubectl is now configured to use "quorum" cluster and "default" namespace by default
minikube status
#= control-plane
#= type: Control Plane
#= host: Running
#= kubelet: Running
#= apiserver: Running
#= kubeconfig: Configured
#=
#= worker-1
#= …
minikube dashboard
#= 🤔  Verifying dashboard health ...
#= 🎉  Opening the cluster view on your screen ...
kubectl create deployment hello-minikube --image=kicbase/echo-server:1.0
#= deployment.apps/hello-minikube created
kubectl get deployments
#= NAME READY UP-TO-DATE AVAILABLE AGE
#= hello-minikube 0/1 1 0 0s
sleep 10
kubectl get pods
#= NAME READY STATUS RESTARTS AGE
#= hello-minikube-… 1/1 Running 0 10s
kubectl get events
#= LAST SEEN TYPE REASON OBJECT MESSAGE
#= …
#= 10s Normal Scheduled pod/hello-minikube-… Successfully assigned default/hello-minikube-… to worker-…
#= …
#= 9s Normal Started pod/hello-minikube-… Container started
#= …
kubectl config view
#= apiVersion: v1
#= clusters:
#= - cluster:
#=     certificate-authority-data: DATA+OMITTED
#=     server: https://192.168.49.2:6443
#=   name: quorum
#= …
kubectl expose deployment hello-minikube --type=NodePort --port=8080
#= service/hello-minikube exposed
minikube service hello-minikube
#= ┌───…
#= │ NAMESPACE │ NAME │ TARGET PORT │ URL │
#= ├───…
#= │ default │ hello-minikube │ 8080 │ http://192.168.49.2:… │
#= └───…
#= 🎉  Opening service default/hello-minikube in default browser...
curl $(minikube service hello-minikube --url)
#= Request served by hello-minikube-…
#=
#= HTTP/1.1 GET /
#=
#= Host: 192.168.49.2:…
#= Accept: */*
#= User-Agent: curl/8.14.1
kubectl port-forward service/hello-minikube 7080:8080 &
#= Forwarding from 127.0.0.1:7080 -> 8080
#= Forwarding from [::1]:7080 -> 8080
curl -s localhost:7080 | head -1
#= Handling connection for 7080
#= Request served by hello-minikube-…
kill %1
curl localhost:7080
#= curl: (7) Failed to connect to localhost port 7080 after 0 ms: Could not connect to server
kubectl create deployment hello-minikube1 --image=kicbase/echo-server:1.0
kubectl expose deployment hello-minikube1 --type=LoadBalancer --port=8080
kubectl get services hello-minikube1
#= …
#= hello-minikube1 LoadBalancer 10.… <pending> 8080:…/TCP 0s
minikube tunnel &
sleep 3
kubectl get services hello-minikube1
#= …
#= hello-minikube1 LoadBalancer 10.… 10.… 8080:…/TCP …
curl -s http://$(kubectl get svc hello-minikube1 -o jsonpath='{.status.loadBalancer.ingress[0].ip}'):8080 | head -1
#= Request served by hello-minikube1-…
kill %1
kubectl get services hello-minikube1
#= …
#= hello-minikube1 LoadBalancer 10.… <pending> 8080:…/TCP …
kubectl create deployment hello-node --image=registry.k8s.io/e2e-test-images/agnhost:2.39 -- /agnhost netexec --http-port=8080
#= deployment.apps/hello-node created
sleep 10
kubectl logs deployment/hello-node
#= I1124 … 1 log.go:195] Started HTTP server on port 8080
#= I1124 … 1 log.go:195] Started UDP server on port  8081
kubectl expose deployment hello-node --type=LoadBalancer --port=8080
#= service/hello-node exposed
curl -s $(minikube service hello-node --url)/hostname
#= hello-node-…
minikube addons list | grep metrics-server
#= │ metrics-server │ quorum │ disabled │ Kubernetes │
minikube addons enable metrics-server
#= 💡  metrics-server is an addon maintained by Kubernetes. For any concerns contact minikube on GitHub.
#= You can view the list of minikube maintainers at: https://github.com/kubernetes/minikube/blob/master/OWNERS
#=     ▪ Using image registry.k8s.io/metrics-server/metrics-server:v0.8.0
#= 🌟  The 'metrics-server' addon is enabled
kubectl get pod,svc -n kube-system
#= NAME READY STATUS RESTARTS AGE
#= pod/coredns-… 1/1 Running 0 …
#= …
#= NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE
#= service/kube-dns ClusterIP 10.96.0.10 <none> 53/UDP,53/TCP,9153/TCP …
#= service/metrics-server ClusterIP 10.… <none> 443/TCP …
kubectl top nodes
#= error: Metrics API not available
sleep 90
kubectl top nodes
#= NAME CPU(cores) CPU(%) MEMORY(bytes) MEMORY(%)
#= control-plane …m …% …Mi …%
#= …
minikube addons disable metrics-server
#= 🌑  "The 'metrics-server' addon is disabled
kubectl delete service hello-node
#= service "hello-node" deleted from default namespace
kubectl delete deployment hello-node
#= deployment.apps "hello-node" deleted from default namespace
minikube stop
#= ✋  Stopping node "worker-3"  ...
#= ✋  Stopping node "worker-2"  ...
#= ✋  Stopping node "worker-1"  ...
#= ✋  Stopping node "control-plane"  ...
#= 🛑  4 nodes stopped.
minikube start
#= …
kubectl get pods
#= NAME READY STATUS RESTARTS AGE
#= hello-minikube-… 1/1 Running 1 (… ago) …
#= hello-minikube1-… 1/1 Running 1 (… ago) …
minikube delete
#= …
#= 💀  Removed all traces of the "quorum" cluster.
minikube status
#= 🤷  Profile "quorum" not found. Run "minikube profile list" to view all profiles.
#= 👉  To start a cluster, run: "minikube start"
