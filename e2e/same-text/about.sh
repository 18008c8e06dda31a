kubectl api-resources
kubectl api-resources -o wide
kubectl api-resources -o name
kubectl api-resources --namespaced=false
kubectl api-resources --api-group=apps
kubectl api-resources --api-group=nosuch
kubectl api-resources --verbs=list,get --no-headers | wc -l
kubectl api-resources --sort-by=kind
kubectl api-resources --sort-by=x
kubectl api-resources --categories=all
kubectl api-resources x
kubectl api-versions
kubectl api-versions x
kubectl version
kubectl version --client
kubectl version --client -o json | grep -c minor
kubectl version --short
kubectl cluster-info
kubectl cluster-info x
kubectl config get-contexts
kubectl config get-clusters
kubectl config get-users
kubectl config current-context
kubectl config use-context nosuch
kubectl config set-context --current --namespace=kube-system
kubectl config get-contexts -o name
kubectl get pods | head -2
kubectl config set-context --current --namespace=default
kubectl config set-context x --cluster=c --user=u
kubectl config view --minify -o jsonpath='{.contexts[0].name}'
kubectl config unset contexts.nosuch
kubectl config set clusters.x.server https://1.2.3.4
kubectl config nosuch
kubectl auth
kubectl auth can-i create pods
kubectl auth can-i create pods --as=jane
kubectl auth can-i get pods/log
kubectl auth can-i '*' '*'
kubectl auth can-i get /healthz
kubectl auth can-i list nosuch
kubectl auth can-i fly pods
kubectl auth can-i
kubectl auth can-i get pods -q
kubectl auth can-i get pods -q --as=jane
kubectl auth can-i delete nodes -n kube-system
kubectl auth can-i delete nodes --as=system:serviceaccount:default:default
kubectl auth can-i --list
kubectl auth can-i --list --as=jane
kubectl auth can-i get pod/web
kubectl auth can-i get pods web
kubectl auth whoami
kubectl auth whoami -o json
kubectl auth whoami --as=jane --as-group=devs
kubectl auth nosuch
kubectl top nodes
kubectl top pods
kubectl top pods -A
kubectl nosuch
kubectl gett
kubectl creat
kubectl --nosuch
kubectl get --nosuch pods
kubectl get pods -z
kubectl get pods --namespace
kubectl get pods -n
kubectl get pods -o
kubectl get pods -o nosuch
kubectl get pods -o jsonpath
kubectl get pods -o jsonpath='{.bad'
kubectl get pods -o custom-columns
kubectl get pods -o custom-columns=bad
kubectl get pods -o go-template='{{range .items}}{{.metadata.name}}{{end}}'
kubectl get pods --sort-by=.metadata.name
kubectl get pods -l '!!'
kubectl get pods -l 'a in (b'
kubectl get pods --field-selector=nosuch=x
kubectl get pods --field-selector=bad
kubectl get pod,nosuch
kubectl get pod/a/b
kubectl get pod/
kubectl get
kubectl get pods a b c
kubectl get pods -A x
kubectl get pods x -l a=b
kubectl get pods -w --timeout=1 x y
kubectl get deployments.v1.apps
kubectl get deployments.apps/nosuch
kubectl get deploy.nosuch
kubectl get Pods
kubectl get POD
kubectl get events --sort-by=.lastTimestamp -n nosuch
kubectl get --raw /healthz
kubectl get --raw /api
kubectl get --raw /nosuch
kubectl get --raw /version | head -3
kubectl get pods --context=nosuch
kubectl get pods --cluster=nosuch
kubectl get pods --user=nosuch
kubectl get pods --kubeconfig=/nosuch
kubectl get pods --request-timeout=x
kubectl get pods --v=x
kubectl get nodes --as=jane
kubectl get secrets --as=system:serviceaccount:default:default
kubectl create deploy x --image=nginx --as=jane
kubectl get pods --as-group=x
kubectl delete node worker-1 --as=jane
kubectl get pods -n kube-system --chunk-size=1 --no-headers | wc -l
kubectl completion
kubectl completion nosuch
kubectl certificate approve nosuch
kubectl certificate
kubectl wait
kubectl wait pod/nosuch --for=condition=Ready --timeout=1s
kubectl wait --for=condition=Ready=False node/worker-1 --timeout=1s
kubectl wait --for=delete pod/nosuch --timeout=1s
kubectl wait --for=nosuch node/worker-1
kubectl wait --for=jsonpath='{.status.phase}'=Active ns/default
kubectl wait --for=jsonpath='{.status.phase}' ns/default
kubectl wait --for=jsonpath='{.status.nosuch}'=x ns/default --timeout=1s
kubectl wait --for=create pod/nosuch --timeout=1s
kubectl wait node/worker-1
kubectl wait --for=condition=Ready
kubectl events
kubectl events -n kube-system --types=Warning
kubectl events --for=pod/nosuch
kubectl events --for=bad
kubectl events --types=Nosuch
kubectl events -n kube-system --for=deployment/coredns
kubectl proxy --port=x
kubectl port-forward
kubectl port-forward pod/nosuch 80
kubectl port-forward svc/nosuch 80
kubectl port-forward svc/kubernetes x
kubectl logs
kubectl logs nosuch
kubectl logs deploy/nosuch
kubectl logs svc/kubernetes
kubectl exec
kubectl exec nosuch
kubectl exec nosuch -- ls
kubectl exec nosuch ls
kubectl attach nosuch
kubectl cp
kubectl cp a b
kubectl cp nosuch:/x y
kubectl debug
kubectl debug nosuch
kubectl debug nosuch --image=busybox
kubectl debug node/nosuch --image=busybox
kubectl debug pod/nosuch -it --image=busybox --copy-to=x
kubectl diff
kubectl diff -f nosuch.yaml
kubectl edit
kubectl edit pod nosuch
kubectl apply
kubectl apply -f nosuch.yaml
kubectl apply -f .
kubectl apply -k .
kubectl kustomize
kubectl kustomize nosuch
kubectl rollout
kubectl rollout status
kubectl rollout status deploy/nosuch
kubectl rollout status pod/x
kubectl rollout history deploy
kubectl rollout history svc/kubernetes
kubectl rollout undo deploy/nosuch
kubectl rollout restart svc/kubernetes
kubectl rollout pause ds/kube-proxy -n kube-system
kubectl rollout nosuch
kubectl rollout history ds/kube-proxy -n kube-system
kubectl rollout history deploy/coredns -n kube-system --revision=9
kubectl rollout undo deploy/coredns -n kube-system
kubectl rollout undo deploy/coredns -n kube-system --to-revision=9
kubectl rollout undo ds/kube-proxy -n kube-system
kubectl cordon
kubectl cordon nosuch
kubectl drain
kubectl drain nosuch
kubectl drain worker-1
kubectl drain worker-1 --ignore-daemonsets --dry-run=client
kubectl uncordon worker-1
kubectl uncordon worker-1
kubectl taint
kubectl taint node worker-1
kubectl taint node worker-1 a=b
kubectl taint node worker-1 a=b:NoSchedule
kubectl taint node worker-1 a=b:NoSchedule
kubectl taint node worker-1 a=c:NoSchedule
kubectl taint node worker-1 a=c:NoSchedule --overwrite
kubectl taint node worker-1 a=b:Nonsense
kubectl taint node worker-1 a:NoExecute
kubectl taint node worker-1 a-
kubectl taint node worker-1 a-
kubectl taint node worker-1 nosuch:NoSchedule-
kubectl taint node nosuch a=b:NoSchedule
kubectl taint pod x a=b:NoSchedule
kubectl taint nodes --all x=y:PreferNoSchedule
kubectl taint nodes --all x-
kubectl taint nodes -l kubernetes.io/hostname=worker-2 k=v:NoSchedule k2:NoExecute
