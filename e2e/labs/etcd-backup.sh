# A backup of etcd is restored, and a static pod is made, both on the machines themselves.
ETCD="--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"
kubectl create deployment kept --image=nginx
#= deployment.apps/kept created
sleep 10
ssh control-plane etcdctl $ETCD snapshot save /var/lib/backup.db
#= Snapshot saved at /var/lib/backup.db
#= Server version 3.6.0
kubectl delete deployment kept
#= deployment.apps "kept" deleted from default namespace
kubectl create deployment late --image=nginx
#= deployment.apps/late created
sleep 10
ssh control-plane
ls /var/lib/backup.db
mv /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/manifests/etcd.yaml /tmp
etcdutl snapshot restore /var/lib/backup.db --data-dir /var/lib/etcd
etcdutl snapshot restore /var/lib/backup.db --data-dir /var/lib/etcd-restored 2> /dev/null
sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restored#' /tmp/etcd.yaml
grep etcd-restored /tmp/etcd.yaml
exit
#= root@control-plane:~# ls /var/lib/backup.db
#= /var/lib/backup.db
#= root@control-plane:~# mv /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/manifests/etcd.yaml /tmp
#= root@control-plane:~# etcdutl snapshot restore /var/lib/backup.db --data-dir /var/lib/etcd
#= Error: data-dir "/var/lib/etcd" not empty or could not be read
#= root@control-plane:~# etcdutl snapshot restore /var/lib/backup.db --data-dir /var/lib/etcd-restored 2> /dev/null
#= root@control-plane:~# sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restored#' /tmp/etcd.yaml
#= root@control-plane:~# grep etcd-restored /tmp/etcd.yaml
#= path: /var/lib/etcd-restored
#= root@control-plane:~# exit
#= logout
#= Connection to control-plane closed.
sleep 5
kubectl get nodes
#= The connection to the server 192.168.49.2:6443 was refused - did you specify the right host or port?
ssh control-plane "mv /tmp/etcd.yaml /tmp/kube-apiserver.yaml /etc/kubernetes/manifests/"
sleep 60
kubectl get deployments
#= NAME READY UP-TO-DATE AVAILABLE AGE
#= kept 1/1 1 1 …
kubectl get pods
#= NAME READY STATUS RESTARTS AGE
#= kept-… 1/1 Running …
# A static pod belongs to a kubelet alone.
ssh worker-1 "cat > /etc/kubernetes/manifests/web.yaml" <<EOF
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx
EOF
sleep 10
kubectl get pod web-worker-1
#= NAME READY STATUS RESTARTS AGE
#= web-worker-1 1/1 Running 0 …
kubectl delete pod web-worker-1 --force 2> /dev/null
#= pod "web-worker-1" force deleted from default namespace
sleep 5
kubectl get pod web-worker-1 --no-headers
#= web-worker-1 1/1 Running 0 …
ssh worker-1 rm /etc/kubernetes/manifests/web.yaml
sleep 40
kubectl get pod web-worker-1
#= Error from server (NotFound): pods "web-worker-1" not found
