kubectl create deployment web --image=nginx --replicas=2
kubectl create sa robot
sleep 10
kubectl set
kubectl set image
kubectl set image deploy/web nginx=nginx:1.26 --dry-run=client
kubectl set image deploy/web nosuch=nginx
kubectl set image deploy/web nginx
kubectl set image deploy/nosuch nginx=x
kubectl set image deploy/web '*=nginx:1.27' -o name
kubectl set image deploy web nginx=nginx:1.27
kubectl set env deploy/web A=B C=D
kubectl set env deploy/web --list
kubectl set env deploy/web A-
kubectl set env deploy/web
kubectl set env deploy/web --from=configmap/nosuch
kubectl create cm cfg --from-literal=k1=v1
kubectl set env deploy/web --from=configmap/cfg --prefix=P_
kubectl set env deploy/web --list --resolve
kubectl set resources deploy/web --limits=cpu=200m,memory=512Mi --requests=cpu=100m
kubectl set resources deploy/web
kubectl set resources deploy/web --limits=cpu=x
kubectl set resources deploy/web -c=nosuch --limits=cpu=1
kubectl set resources deploy/web --limits=cpu=0,memory=0 --requests=cpu=0
kubectl set selector svc kubernetes a=b --dry-run=client -o yaml
kubectl create svc clusterip web --tcp=80
kubectl set selector svc/web app=other
kubectl get svc web -o wide
kubectl set selector svc/web
kubectl set serviceaccount deploy/web robot
kubectl set sa deploy/web robot
kubectl set sa deploy/web
kubectl set subject rolebinding nosuch --user=x
kubectl create rolebinding rb --role=r --user=jane
kubectl set subject rolebinding rb --user=joe --group=g
kubectl set subject rolebinding rb
kubectl get rolebinding rb -o wide
kubectl label deploy web a=b
kubectl label deploy web a=c
kubectl label deploy web a=c --overwrite
kubectl label deploy web a=c --overwrite
kubectl label deploy web a-
kubectl label deploy web a-
kubectl label deploy web
kubectl label deploy
kubectl label deploy web 'bad key=x'
kubectl label deploy web x='bad value!'
kubectl label deploy nosuch x=y
kubectl label deploy web --list
kubectl label deploy --all z=1
kubectl label nodes worker-1 disk=ssd --resource-version=1
kubectl label node worker-1 disk=ssd -o yaml --dry-run=client | head -5
kubectl label deploy/web svc/web both=1
kubectl annotate deploy web note="hello world"
kubectl annotate deploy web note=again
kubectl annotate deploy web note-
kubectl annotate deploy web --list
kubectl annotate deploy web
kubectl annotate deploy web kubernetes.io/change-cause="x" --overwrite
kubectl scale
kubectl scale deploy web
kubectl scale deploy web --replicas=3
kubectl scale deploy web --replicas=3
kubectl scale deploy web --replicas=-1
kubectl scale deploy web --current-replicas=9 --replicas=1
kubectl scale deploy nosuch --replicas=1
kubectl scale deploy --all --replicas=2
kubectl scale deploy/web svc/web --replicas=1
kubectl scale node worker-1 --replicas=1
kubectl scale rs -l app=web --replicas=0 --dry-run=client
kubectl scale deploy web --replicas=2 -o name
sleep 10
kubectl patch deploy web -p '{"spec":{"replicas":3}}'
kubectl patch deploy web -p '{"spec":{"replicas":3}}'
kubectl patch deploy web -p 'spec: {replicas: 2}'
kubectl patch deploy web
kubectl patch deploy web -p '{bad'
kubectl patch deploy web -p '{"spec":{"replicas":"x"}}'
kubectl patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":1}]'
kubectl patch deploy web --type=json -p '[{"op":"remove","path":"/spec/nosuch"}]'
kubectl patch deploy web --type=json -p '{"a":1}'
kubectl patch deploy web --type=merge -p '{"metadata":{"labels":{"m":"1"}}}' -o jsonpath='{.metadata.labels}'
kubectl patch deploy web --type=nosuch -p '{}'
kubectl patch deploy nosuch -p '{}'
kubectl patch deploy web -p '{"spec":{"selector":{"matchLabels":{"x":"y"}}}}'
kubectl patch node worker-1 -p '{"spec":{"unschedulable":true}}'
kubectl patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'
kubectl patch svc web -p '{"spec":{"type":"Weird"}}'
kubectl patch pod nosuch -p '{}'
kubectl patch -f nosuch.yaml -p '{}'
kubectl replace
kubectl replace -f nosuch.yaml
kubectl get deploy web -o yaml | sed 's/replicas: 2/replicas: 1/' | kubectl replace -f -
kubectl create deployment x --image=nginx --dry-run=client -o yaml | kubectl replace -f -
kubectl create deployment web --image=nginx --dry-run=client -o yaml | kubectl replace --force -f -
kubectl delete
kubectl delete deploy
kubectl delete deploy nosuch
kubectl delete deploy nosuch --ignore-not-found
kubectl delete deploy web --dry-run=client
kubectl delete deploy web --dry-run=server
kubectl delete deploy,svc -l app=nosuch
kubectl delete pod x --grace-period=0 --force
kubectl delete ns kube-system
kubectl delete ns default
kubectl delete node nosuch
kubectl delete -f nosuch.yaml
kubectl delete svc web x y
kubectl delete deploy web -o name
kubectl delete sa robot --wait=false
kubectl delete cm cfg -o yaml
kubectl delete rolebinding/rb sa/robot
kubectl uncordon worker-1
