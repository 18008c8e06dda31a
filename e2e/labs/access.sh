# Who may do what: users, roles, bindings, service accounts. Written for an administrator; every other user is played with --as.
kubectl auth whoami
#= ATTRIBUTE   VALUE
#= Username    kubernetes-admin
#= Groups      [kubeadm:cluster-admins system:authenticated]
kubectl get clusterrolebinding kubeadm:cluster-admins -o wide
#= NAME                     ROLE                        AGE   USERS   GROUPS                   SERVICEACCOUNTS
#= kubeadm:cluster-admins   ClusterRole/cluster-admin   …     kubeadm:cluster-admins
kubectl auth can-i '*' '*'
#= yes

# Nobody else may do anything but ask what they may do.
kubectl get pods --as jane
#= Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"
kubectl auth can-i --list --as jane | head -4
#= Resources                                       Non-Resource URLs   Resource Names   Verbs
#= selfsubjectreviews.authentication.k8s.io        []                  []               [create]
#= selfsubjectaccessreviews.authorization.k8s.io   []                  []               [create]
#= selfsubjectrulesreviews.authorization.k8s.io    []                  []               [create]

# A role in one namespace, and who has it.
kubectl create namespace team-a
#= namespace/team-a created
kubectl create role pod-reader --verb=get,list,watch --resource=pods,pods/log -n team-a
#= role.rbac.authorization.k8s.io/pod-reader created
kubectl create rolebinding jane-reads --role=pod-reader --user=jane -n team-a
#= rolebinding.rbac.authorization.k8s.io/jane-reads created
kubectl describe role pod-reader -n team-a
#= Name:         pod-reader
#= Labels:       <none>
#= Annotations:  <none>
#= PolicyRule:
#=   Resources  Non-Resource URLs  Resource Names  Verbs
#=   ---------  -----------------  --------------  -----
#=   pods/log   []                 []              [get list watch]
#=   pods       []                 []              [get list watch]
kubectl get pods -n team-a --as jane
#= No resources found in team-a namespace.
kubectl delete pod web -n team-a --as jane
#= Error from server (Forbidden): pods "web" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "team-a"
kubectl auth can-i list secrets -n team-a --as jane
#= no

# Roles of the cluster can be given in one namespace.
kubectl create rolebinding joe-edits --clusterrole=edit --user=joe -n team-a
#= rolebinding.rbac.authorization.k8s.io/joe-edits created
kubectl create deployment web --image=nginx -n team-a --as joe
#= deployment.apps/web created
kubectl create deployment web --image=nginx --as joe
#= error: failed to create deployment: deployments.apps is forbidden: User "joe" cannot create resource "deployments" in API group "apps" in the namespace "default"

# Who administers a namespace gives away what they have, and no more.
kubectl create rolebinding kim-administers --clusterrole=admin --user=kim -n team-a
#= rolebinding.rbac.authorization.k8s.io/kim-administers created
kubectl create rolebinding ann-views --clusterrole=view --user=ann -n team-a --as kim
#= rolebinding.rbac.authorization.k8s.io/ann-views created
kubectl create role all --verb='*' --resource='*' -n team-a --as kim
#= error: failed to create role: roles.rbac.authorization.k8s.io "all" is forbidden: user "kim" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:
#= {APIGroups:[""], Resources:["*"], Verbs:["*"]}

# view, edit and admin gather the rules of all roles with a label.
kubectl create clusterrole csr-viewer --verb=get,list,watch --resource=certificatesigningrequests
#= clusterrole.rbac.authorization.k8s.io/csr-viewer created
kubectl label clusterrole csr-viewer rbac.authorization.k8s.io/aggregate-to-view=true
#= clusterrole.rbac.authorization.k8s.io/csr-viewer labeled
sleep 1
kubectl describe clusterrole admin | grep certificate
#=   certificatesigningrequests.certificates.k8s.io … [get list watch]

# A binding to nothing gives nothing, and says so.
kubectl create clusterrolebinding gone --clusterrole=no-such --user=jane
#= clusterrolebinding.rbac.authorization.k8s.io/gone created
kubectl get nodes --as jane
#= Error from server (Forbidden): nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "no-such" not found

# A kubelet sees its own Node, and of Secrets and ConfigMaps what its pods use.
kubectl get node worker-1 -o name --as system:node:worker-1 --as-group system:nodes
#= node/worker-1
kubectl get node worker-2 -o name --as system:node:worker-1 --as-group system:nodes
#= Error from server (Forbidden): nodes "worker-2" is forbidden: User "system:node:worker-1" cannot get resource "nodes" in API group "" at the cluster scope: node 'worker-1' cannot read 'worker-2', only its own Node object

# Programs are users too: a pod has the token of its service account.
kubectl create serviceaccount robot -n team-a
#= serviceaccount/robot created
kubectl run shell -n team-a --image=curlimages/curl --overrides='{"spec":{"serviceAccountName":"robot"}}' --command -- sleep 3600
#= pod/shell created
kubectl wait --for=condition=Ready pod/shell -n team-a
#= pod/shell condition met
kubectl exec -n team-a shell -- curl -sk https://kubernetes.default/api/v1/namespaces/team-a/pods | grep message
#=   "message": "pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" in the namespace \"team-a\"",
kubectl exec -it -n team-a shell -- sh
cd /var/run/secrets/kubernetes.io/serviceaccount
curl -s --cacert ca.crt -H "Authorization: Bearer $(cat token)" https://kubernetes.default.svc/api/v1/namespaces/$(cat namespace)/pods | grep message
exit
#= …
#= …"message": "pods is forbidden: User \"system:serviceaccount:team-a:robot\" cannot list resource \"pods\" in API group \"\" in the namespace \"team-a\"",
#= …
kubectl create rolebinding robot-views --clusterrole=view --serviceaccount=team-a:robot -n team-a
#= rolebinding.rbac.authorization.k8s.io/robot-views created
kubectl auth can-i list pods -n team-a --as system:serviceaccount:team-a:robot
#= yes
kubectl auth can-i list pods --as system:serviceaccount:team-a:robot
#= no
TOKEN=$(kubectl create token robot -n team-a --duration=10m)
curl -sk -H "Authorization: Bearer $TOKEN" -o /dev/null -w '%{http_code}\n' https://192.168.49.2:6443/api/v1/namespaces/team-a/pods
#= 200
curl -sk -H "Authorization: Bearer ${TOKEN}x" -o /dev/null -w '%{http_code}\n' https://192.168.49.2:6443/api/v1/namespaces/team-a/pods
#= 401
sleep 601
curl -sk -H "Authorization: Bearer $TOKEN" -o /dev/null -w '%{http_code}\n' https://192.168.49.2:6443/api/v1/namespaces/team-a/pods
#= 401

# A kubeconfig can hold more users than one: here one with the token of a service account.
kubectl config set-credentials robot --token="$(kubectl create token robot -n team-a)"
#= User "robot" set.
kubectl config set-context robot --cluster=quorum --user=robot --namespace=team-a
#= Context "robot" created.
kubectl auth whoami --context robot | head -2
#= ATTRIBUTE … VALUE
#= Username … system:serviceaccount:team-a:robot
kubectl delete pod shell --context robot
#= Error from server (Forbidden): pods "shell" is forbidden: User "system:serviceaccount:team-a:robot" cannot delete resource "pods" in API group "" in the namespace "team-a"
kubectl port-forward shell 8080:80 --context robot
#= error: error upgrading connection: pods "shell" is forbidden: User "system:serviceaccount:team-a:robot" cannot create resource "pods/portforward" in API group "" in the namespace "team-a"
kubectl config set-credentials robot --token=wrong
#= User "robot" set.
kubectl get pods --context robot
#= error: You must be logged in to the server (Unauthorized)

# What a file says of roles is brought about, and nothing more is taken away than asked for.
cat <<'EOF' > roles.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: pod-reader, namespace: team-a}
rules:
- {apiGroups: [""], resources: [pods, services], verbs: [get, list]}
EOF
kubectl auth reconcile -f roles.yaml
#= role.rbac.authorization.k8s.io/pod-reader reconciled
#= reconciliation required update
#= missing rules added:
#= {Verbs:[get list] APIGroups:[] Resources:[services] ResourceNames:[] NonResourceURLs:[]}
kubectl auth can-i list services -n team-a --as jane
#= yes
kubectl auth can-i watch pods -n team-a --as jane
#= yes
