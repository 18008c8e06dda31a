# What an administrator does on the machines themselves, and in the etcd pod.
kubectl create deployment web --image=nginx --replicas=2
kubectl expose deployment web --port=80
sleep 10
ssh worker-1 "iptables -t nat -L KUBE-SERVICES -n | grep default/web"
#= KUBE-SVC-LOLE4ISW44XBNF3G 6 -- 0.0.0.0/0 10.… /* default/web cluster IP */ tcp dpt:80
ssh worker-1 crictl ps --name kube-proxy
#= CONTAINER IMAGE CREATED STATE NAME ATTEMPT POD ID POD NAMESPACE
#= … … … seconds ago Running kube-proxy 0 … kube-proxy-… kube-system
ssh worker-2 sudo systemctl stop kubelet
ssh worker-2 systemctl is-active kubelet
#= inactive
sleep 60
kubectl get nodes worker-2
#= NAME STATUS ROLES AGE VERSION
#= worker-2 NotReady <none> … v1.37.2
ssh worker-2 sudo systemctl start kubelet
sleep 20
kubectl get nodes worker-2
#= …
#= worker-2 Ready <none> … v1.37.2
minikube ssh -n control-plane
ls /etc/kubernetes/manifests
mv /etc/kubernetes/manifests/kube-scheduler.yaml /tmp
exit
#= root@control-plane:~# ls /etc/kubernetes/manifests
#= etcd.yaml
#= kube-apiserver.yaml
#= kube-controller-manager.yaml
#= kube-scheduler.yaml
#= root@control-plane:~# mv /etc/kubernetes/manifests/kube-scheduler.yaml /tmp
#= root@control-plane:~# exit
#= logout
#= Connection to control-plane closed.
sleep 5
kubectl scale deployment web --replicas=3
sleep 10
kubectl get pods | grep -c Pending
#= 1
ssh control-plane mv /tmp/kube-scheduler.yaml /etc/kubernetes/manifests/
sleep 40
kubectl get pods | grep -c Running
#= 3
ETCD="--endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"
kubectl exec -n kube-system etcd-control-plane -- etcdctl $ETCD member list -w table
#= +---…
#= | ID | STATUS | NAME | PEER ADDRS | CLIENT ADDRS | IS LEARNER |
#= +---…
#= | … | started | control-plane | https://192.168.49.2:2380 | https://192.168.49.2:2379 | false |
#= +---…
kubectl exec -n kube-system etcd-control-plane -- etcdctl $ETCD get /registry/services/specs/default --prefix --keys-only
#= /registry/services/specs/default/kubernetes
#=
#= /registry/services/specs/default/web
kubectl exec -n kube-system etcd-control-plane -- etcdctl $ETCD snapshot save /tmp/snapshot.db
#= Snapshot saved at /tmp/snapshot.db
#= Server version 3.6.0
kubectl exec -n kube-system etcd-control-plane -- etcdutl snapshot status /tmp/snapshot.db -w table
#= +---…
#= | HASH | REVISION | TOTAL KEYS | TOTAL SIZE | VERSION |
#= …
ssh nosuch
#= ssh: Could not resolve hostname nosuch: Name or service not known
