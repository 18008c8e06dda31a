# Ways to a Service, and how they fail.
kubectl create deployment web --image=nginx --replicas=3
kubectl expose deployment web --port=80
kubectl expose deployment web --port=80 --name=head --cluster-ip=None
kubectl create service externalname ext --external-name=example.com
kubectl run client --image=busybox:1.36 --restart=Never -- sleep 10000
sleep 10
kubectl exec client -- nslookup web.default
#= Server: 10.96.0.10
#= Address: 10.96.0.10:53
#=
#= Name: web.default.svc.cluster.local
#= Address: 10.…
kubectl exec client -- nslookup head | grep -c Address
#= 4
kubectl exec client -- nslookup ext
#= …
#= ext.default.svc.cluster.local canonical name = example.com
#= …
kubectl exec client -- wget -qO- http://web.default.svc.cluster.local | grep -c Welcome
#= 2
kubectl exec client -- nc -zv web 80
#= web (10.…:80) open
kubectl exec client -- cat /etc/resolv.conf
#= search default.svc.cluster.local svc.cluster.local cluster.local
#= nameserver 10.96.0.10
#= options ndots:5
for i in $(seq 30); do kubectl exec client -- wget -qO- http://web > /dev/null; done; kubectl logs -l app=web --prefix --tail=-1 | grep Wget | cut -d' ' -f1 | sort -u | wc -l
#= 3
kubectl patch service web -p '{"spec":{"sessionAffinity":"ClientIP"}}'
kubectl rollout restart deployment web
kubectl rollout status deployment web
for i in $(seq 30); do kubectl exec client -- wget -qO- http://web > /dev/null; done; kubectl logs -l app=web --prefix --tail=-1 | grep Wget | cut -d' ' -f1 | sort -u | wc -l
#= 1
quorum break dns-down
kubectl exec client -- wget -qO- -T 3 http://web
#= wget: bad address 'web'
#= command terminated with exit code 1
kubectl exec client -- wget -qO- -T 3 http://$(kubectl get svc web -o jsonpath='{.spec.clusterIP}') | grep -c Welcome
#= 2
quorum heal dns-down
kubectl scale deployment web --replicas=0
sleep 5
kubectl exec client -- wget -qO- -T 3 http://web
#= wget: can't connect to remote host (10.…): Connection refused
#= command terminated with exit code 1
curl http://$(minikube ip):31999
#= curl: (7) Failed to connect to 192.168.49.2 port 31999 after … ms: Could not connect to server
curl -m 2 http://$(kubectl get svc web -o jsonpath='{.spec.clusterIP}')
#= curl: (28) Connection timed out after 2001 milliseconds
curl http://nosuch.example
#= curl: (6) Could not resolve host: nosuch.example
