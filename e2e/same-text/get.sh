# Begins with one-of-each-kind
sleep 700
kubectl get ns 
kubectl get ns -o wide
kubectl get cm 
kubectl get cm -o wide
kubectl get secret 
kubectl get secret -o wide
kubectl get sa 
kubectl get sa -o wide
kubectl get limitrange -n team 
kubectl get limitrange -n team -o wide
kubectl get quota -n team 
kubectl get quota -n team -o wide
kubectl get pv 
kubectl get pv -o wide
kubectl get pvc 
kubectl get pvc -o wide
kubectl get pod 
kubectl get pod -o wide
kubectl get pod -o name
kubectl get pod --show-labels
kubectl get pod --no-headers
kubectl get pod --show-kind
kubectl get pod -L app
kubectl get deploy 
kubectl get deploy -o wide
kubectl get sts 
kubectl get sts -o wide
kubectl get ds 
kubectl get ds -o wide
kubectl get job 
kubectl get job -o wide
kubectl get cronjob 
kubectl get cronjob -o wide
kubectl get svc 
kubectl get svc -o wide
kubectl get svc -o name
kubectl get svc --show-labels
kubectl get svc --no-headers
kubectl get svc --show-kind
kubectl get svc -L app
kubectl get ingressclass 
kubectl get ingressclass -o wide
kubectl get ingress 
kubectl get ingress -o wide
kubectl get netpol 
kubectl get netpol -o wide
kubectl get pdb 
kubectl get pdb -o wide
kubectl get hpa 
kubectl get hpa -o wide
kubectl get role 
kubectl get role -o wide
kubectl get rolebinding 
kubectl get rolebinding -o wide
kubectl get rolebinding -o name
kubectl get rolebinding --show-labels
kubectl get rolebinding --no-headers
kubectl get rolebinding --show-kind
kubectl get rolebinding -L app
kubectl get clusterrole metrics 
kubectl get clusterrole metrics -o wide
kubectl get clusterrolebinding metrics 
kubectl get clusterrolebinding metrics -o wide
kubectl get sc 
kubectl get sc -o wide
kubectl get pc 
kubectl get pc -o wide
kubectl get rc 
kubectl get rc -o wide
kubectl get podtemplate 
kubectl get podtemplate -o wide
kubectl get runtimeclass 
kubectl get runtimeclass -o wide
kubectl get lease 
kubectl get lease -o wide
kubectl get node 
kubectl get node -o wide
kubectl get node -o name
kubectl get node --show-labels
kubectl get node --show-kind
kubectl get node -L app
kubectl get rs 
kubectl get rs -o wide
kubectl get endpointslice 
kubectl get endpointslice -o wide
kubectl get endpoints 
kubectl get endpoints -o wide
kubectl get controllerrevision 
kubectl get controllerrevision -o wide
kubectl get apiservice v1.apps 
kubectl get apiservice v1.apps -o wide
kubectl get flowschema exempt 
kubectl get flowschema exempt -o wide
kubectl get prioritylevelconfiguration exempt 
kubectl get prioritylevelconfiguration exempt -o wide
kubectl get servicecidr 
kubectl get servicecidr -o wide
kubectl get ipaddress 
kubectl get ipaddress -o wide
kubectl get csinode 
kubectl get csinode -o wide
kubectl get csinode -o name
kubectl get csinode --show-labels
kubectl get csinode --no-headers
kubectl get csinode --show-kind
kubectl get csinode -L app
kubectl get csidriver 
kubectl get csidriver -o wide
kubectl get volumeattachment 
kubectl get volumeattachment -o wide
kubectl get csr 
kubectl get csr -o wide
kubectl get vac 
kubectl get vac -o wide
kubectl get crd 
kubectl get crd -o wide
kubectl get all 
kubectl get all -o wide
kubectl get pods -A 
kubectl get pods -A -o wide
kubectl get events -n kube-system 
kubectl get events -n kube-system -o wide
kubectl get pod,svc 
kubectl get pod,svc -o wide
kubectl get pod,svc -o name
kubectl get pod,svc --show-labels
kubectl get deploy/web svc/web 
kubectl get deploy/web svc/web -o wide
kubectl get deploy/web svc/web -o name
kubectl get deploy/web svc/web --show-labels
