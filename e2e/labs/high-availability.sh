# Three control-plane machines: what one failure costs, what two cost, and how a member leaves.
minikube delete > /dev/null
minikube start --ha > /dev/null
kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}{"\n"}'
#= https://192.168.49.254:6443
kubectl get nodes | grep -c control-plane
#= 3
kubectl get endpointslices kubernetes
#= NAME ADDRESSTYPE PORTS ENDPOINTS AGE
#= kubernetes IPv4 6443 192.168.49.2,192.168.49.6,192.168.49.7 …
ETCD="--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"
kubectl exec -n kube-system etcd-control-plane -- etcdctl $ETCD endpoint health --cluster
#= https://192.168.49.2:2379 is healthy: successfully committed proposal: took = …ms
#= https://192.168.49.6:2379 is healthy: successfully committed proposal: took = …ms
#= https://192.168.49.7:2379 is healthy: successfully committed proposal: took = …ms
# One of three fails: two are a majority, and others take the leases over.
quorum break node-crash control-plane
kubectl create deployment web --image=nginx
#= deployment.apps/web created
sleep 45
kubectl get deployment web
#= NAME READY UP-TO-DATE AVAILABLE AGE
#= web 1/1 1 1 …
kubectl get lease -n kube-system kube-scheduler -o jsonpath='{.spec.leaseTransitions}{"\n"}'
#= 1
kubectl get endpointslices kubernetes --no-headers
#= kubernetes IPv4 6443 192.168.49.6,192.168.49.7 …
# Two of three fail: nothing is written, and what runs goes on running.
quorum break node-crash control-plane-2
kubectl create configmap lost --from-literal=a=b
#= error: failed to create configmap: etcdserver: request timed out
quorum heal node-crash control-plane-2
sleep 30
kubectl create configmap found --from-literal=a=b
#= configmap/found created
quorum heal node-crash control-plane
sleep 60
# A machine leaves for good, and comes back.
ssh control-plane-3 kubeadm reset --force | grep etcd
#= [reset] Removing info for node from the etcd cluster
#= [reset] Deleted contents of the etcd data directory: /var/lib/etcd
kubectl delete node control-plane-3
#= node "control-plane-3" deleted
ssh control-plane etcdctl $ETCD member list | wc -l
#= 2
KEY=$(kubeadm init phase upload-certs --upload-certs | tail -n 1)
ssh control-plane-3 "$(kubeadm token create --certificate-key $KEY --print-join-command)" | grep -c 'a new control plane instance was created'
#= 1
kubectl get nodes control-plane-3
#= NAME STATUS ROLES AGE VERSION
#= control-plane-3 … control-plane … v1.37.2
ssh control-plane etcdctl $ETCD member list | wc -l
#= 3
