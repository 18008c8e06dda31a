# Begins with one-of-each-kind
sleep 90
kubectl describe ns/team
kubectl describe cm/settings
kubectl describe secret/keys
kubectl describe sa/robot
kubectl describe limitrange limits -n team
kubectl describe quota -n team
kubectl describe pv/disk
kubectl describe pvc/claim
kubectl describe pvc/waiting
kubectl describe pod/full
kubectl describe deploy/web
kubectl describe sts/db
kubectl describe ds/agent
kubectl describe job/work
kubectl describe job/bad
kubectl describe cronjob/tick
kubectl describe svc/web
kubectl describe svc/node
kubectl describe svc/lb
kubectl describe svc/db
kubectl describe svc/ext
kubectl describe ingressclass/nginx
kubectl describe ingress/site
kubectl describe netpol/deny
kubectl describe netpol/allow
kubectl describe pdb/keep
kubectl describe pdb/most
kubectl describe hpa/web
kubectl describe role/reader
kubectl describe rolebinding/readers
kubectl describe clusterrole/metrics
kubectl describe clusterrolebinding/metrics
kubectl describe sc/fast
kubectl describe pc/high
kubectl describe rc/old
kubectl describe rs -l app=web
kubectl describe endpointslice -l kubernetes.io/service-name=web
kubectl describe endpoints/web
kubectl describe apiservice/v1.apps
kubectl describe flowschema/exempt
kubectl describe prioritylevelconfiguration/exempt
kubectl describe servicecidr kubernetes
kubectl describe ipaddress
kubectl describe event -n team
kubectl describe csr/jane
kubectl describe csr/joe
kubectl describe vac/gold
kubectl describe pod -l app=web
kubectl describe pods,svc -l app=web
kubectl describe svc kubernetes
kubectl describe ns default kube-system
kubectl describe pod nosuch
kubectl describe pods -l a=b
kubectl describe nosuch x
kubectl describe pod/
kubectl describe deploy we
kubectl describe rs web
kubectl create -f - <<X
apiVersion: example.com/v1
kind: Pet
metadata: {name: rex}
spec: {legs: 4, petURL: http://x, someID: a}
X
kubectl get pets
kubectl get pt rex -o yaml
