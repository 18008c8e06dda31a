kubectl create
kubectl create deployment web --image=nginx --dry-run=client -o yaml
kubectl create deployment web --image=nginx --replicas=3 --port=80 --dry-run=server -o yaml
kubectl create deployment web --image=nginx --image=redis:7 --dry-run=client -o json
kubectl create deployment web --image=busybox --dry-run=client -o yaml -- sleep 100
kubectl create deployment web
kubectl create deployment
kubectl create deployment Web_1 --image=nginx
kubectl create job once --image=busybox --dry-run=client -o yaml -- date
kubectl create job once
kubectl create cronjob tick --image=busybox --schedule="*/5 * * * *" --restart=Never --dry-run=client -o yaml -- date
kubectl create cronjob tick --image=busybox --schedule="nonsense"
kubectl create cronjob tick --image=busybox
kubectl create job manual --from=cronjob/nosuch
kubectl create configmap c --from-literal=a=1 --from-literal=b=2 --dry-run=client -o yaml
kubectl create configmap c --from-literal=a
kubectl create configmap c --from-file=nosuch.txt
printf 'x=1\ny=2\n' > f.env; printf 'hello\n' > hello.txt
kubectl create cm c --from-file=hello.txt --from-file=key=hello.txt --dry-run=client -o yaml
kubectl create cm c --from-env-file=f.env --dry-run=client -o yaml
kubectl create cm c --from-env-file=f.env --append-hash --dry-run=client -o name
kubectl create secret
kubectl create secret generic s --from-literal=user=admin --type=Opaque --dry-run=client -o yaml
kubectl create secret docker-registry r --docker-server=x.io --docker-username=u --docker-password=p --docker-email=a@b.c --dry-run=client -o yaml
kubectl create secret tls t --cert=nosuch.crt --key=nosuch.key
kubectl create namespace team --dry-run=client -o yaml
kubectl create ns default
kubectl create sa robot --dry-run=client -o yaml
kubectl create role reader --verb=get,list --resource=pods,deployments.apps --dry-run=client -o yaml
kubectl create role reader --verb=get --resource=pods --resource-name=a --resource-name=b --dry-run=client -o yaml
kubectl create role reader --verb=fly --resource=pods
kubectl create role reader --verb=get
kubectl create role reader --resource=pods
kubectl create role reader --verb=get --resource=nosuch
kubectl create clusterrole cr --verb=get --non-resource-url=/logs/* --dry-run=client -o yaml
kubectl create clusterrole agg --aggregation-rule="a=b" --dry-run=client -o yaml
kubectl create clusterrole cr --verb=get --resource=nodes,pods/status --dry-run=client -o yaml
kubectl create rolebinding rb --role=reader --user=jane --serviceaccount=default:robot --group=devs --dry-run=client -o yaml
kubectl create rolebinding rb --clusterrole=view --serviceaccount=robot
kubectl create rolebinding rb --user=jane
kubectl create clusterrolebinding crb --clusterrole=view --user=jane --dry-run=client -o yaml
kubectl create quota q --hard=cpu=1,memory=1G,pods=2 --scopes=BestEffort --dry-run=client -o yaml
kubectl create pdb p --selector=app=web --min-available=2 --dry-run=client -o yaml
kubectl create pdb p --selector=app=web
kubectl create pdb p --min-available=1
kubectl create pdb p --selector=app=web --min-available=1 --max-unavailable=1
kubectl create priorityclass pc --value=1000 --description=x --global-default=false --preemption-policy=Never --dry-run=client -o yaml
kubectl create ingress i --class=nginx --rule="foo.com/bar*=svc:8080,tls=cert" --rule="foo.com/=other:http" --default-backend=d:80 --annotation a=b --dry-run=client -o yaml
kubectl create ingress i --rule=bad
kubectl create ingress i
kubectl create service clusterip c --tcp=80:8080 --tcp=443 --dry-run=client -o yaml
kubectl create service clusterip c --clusterip=None --dry-run=client -o yaml
kubectl create service nodeport n --tcp=80:8080 --node-port=30001 --dry-run=client -o yaml
kubectl create service loadbalancer l --tcp=80 --dry-run=client -o yaml
kubectl create service externalname e --external-name=example.com --dry-run=client -o yaml
kubectl create service externalname e
kubectl create service clusterip c
kubectl create service
kubectl create token default --duration=10m | wc -l
kubectl create token nosuch
kubectl create token default --duration=1s
kubectl create nosuch x
kubectl create -f nosuch.yaml
kubectl create deployment a --image=nginx -o name
kubectl create deployment a --image=nginx
kubectl create deployment b --image=nginx -n nosuch
kubectl create sa robot -o yaml --dry-run=server
kubectl create deployment c --image=nginx --dry-run=none -o jsonpath='{.spec.replicas}'
kubectl create deployment e --image=nginx --dry-run=maybe
kubectl create deployment f --image=nginx --unknown=1
kubectl create deployment g --image=nginx --replicas=x
kubectl create deployment g --image=nginx --replicas=-1
kubectl create deployment h --image="nginx latest"
kubectl run p --image=nginx --dry-run=client -o yaml
kubectl run p --image=nginx --port=80 --expose --dry-run=client -o yaml
kubectl run p --image=nginx --env=A=B --env=C=D --labels=x=y,z=w --restart=Never --dry-run=client -o yaml -- a b c
kubectl run p --image=busybox --command --dry-run=client -o yaml -- sh -c 'sleep 1'
kubectl run p --image=nginx --overrides='{"spec":{"nodeName":"worker-1"}}' --dry-run=client -o yaml
kubectl run p --image=nginx --limits=cpu=1
kubectl run p
kubectl run --image=nginx
kubectl run p --image=nginx --restart=Sometimes
kubectl run p --image=nginx --rm
kubectl run p --image=nginx --privileged --dry-run=client -o yaml
kubectl run P --image=nginx
kubectl run p --image=
kubectl expose
kubectl expose deployment a --port=80 --dry-run=client -o yaml
kubectl expose deployment a --port=80 --target-port=8080 --name=x --type=NodePort --session-affinity=ClientIP --labels=q=r --dry-run=client -o yaml
kubectl expose deployment a
kubectl expose pod nosuch --port=1
kubectl expose deployment a --port=80 --type=Weird
kubectl expose deployment a --port=80,443 --protocol=UDP --name=multi
kubectl expose svc kubernetes --port=444 --name=k2
kubectl expose node worker-1 --port=80
kubectl autoscale deployment a --min=2 --max=5 --cpu-percent=80 --dry-run=client -o yaml
kubectl autoscale deployment a --min=2 --max=5 --cpu=80% --memory=500Mi --dry-run=client -o yaml
kubectl autoscale deployment a --max=0
kubectl autoscale deployment a
kubectl autoscale deployment a --min=5 --max=2
kubectl autoscale deployment nosuch --max=2
