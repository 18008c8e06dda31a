# Claims, volumes and what is in them: minikube's provisioner, StatefulSets, volumes made by hand.
kubectl get storageclass
#= No resources found
minikube addons enable storage-provisioner | tail -1
#= 🌟 The 'storage-provisioner' addon is enabled
minikube addons enable default-storageclass | tail -1
#= 🌟 The 'default-storageclass' addon is enabled
sleep 5
kubectl get storageclass
#= NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE
#= standard (default) k8s.io/minikube-hostpath Delete Immediate false 5s
kubectl get pod -n kube-system storage-provisioner
#= NAME READY STATUS RESTARTS AGE
#= storage-provisioner 1/1 Running 0 5s
cat > claim.yaml <<'END'
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 1Gi
END
kubectl apply -f claim.yaml
sleep 1
kubectl get pvc
#= NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE
#= data Bound pvc-… 1Gi RWO standard <unset> 1s
kubectl get events --field-selector involvedObject.name=data -o custom-columns=REASON:.reason --no-headers | sort | uniq -c
#= 1 ExternalProvisioning
#= 1 Provisioning
#= 1 ProvisioningSucceeded
kubectl get pv -o jsonpath='{.items[0].spec.hostPath.path}{"\n"}'
#= /tmp/hostpath-provisioner/default/data
# What a pod writes is there for the next one.
cat > pod.yaml <<'END'
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  nodeSelector: {kubernetes.io/hostname: worker-2}
  containers:
  - name: nginx
    image: nginx
    volumeMounts:
    - {name: data, mountPath: /usr/share/nginx/html}
    - {name: scratch, mountPath: /scratch}
  - name: helper
    image: busybox
    command: [sleep, "10000"]
    volumeMounts:
    - {name: scratch, mountPath: /other}
  volumes:
  - name: data
    persistentVolumeClaim: {claimName: data}
  - name: scratch
    emptyDir: {}
END
kubectl apply -f pod.yaml
kubectl wait --for=condition=Ready pod/web
#= pod/web condition met
kubectl exec web -c nginx -- curl -s -o /dev/null -w '%{http_code}\n' localhost
#= 403
kubectl exec web -c nginx -- sh -c 'echo kept > /usr/share/nginx/html/index.html; echo shared > /scratch/note'
kubectl exec web -c helper -- cat /other/note
#= shared
kubectl exec web -c nginx -- curl -s localhost
#= kept
echo copied > local.txt
kubectl cp local.txt web:/usr/share/nginx/html/copy.txt -c nginx
kubectl delete pod web
kubectl apply -f pod.yaml
kubectl wait --for=condition=Ready pod/web
kubectl exec web -c nginx -- cat /usr/share/nginx/html/index.html /usr/share/nginx/html/copy.txt
#= kept
#= copied
kubectl exec web -c helper -- ls /other
# A claim in use stays until its last pod has gone, and its volume goes with it.
kubectl delete pvc data --wait=false
#= persistentvolumeclaim "data" deleted from default namespace
kubectl get pvc data
#= NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE
#= data Terminating pvc-… 1Gi RWO standard <unset> …
kubectl delete pod web
sleep 2
kubectl get pvc,pv
#= No resources found
# A StatefulSet's claims.
cat <<'END' | kubectl apply -f -
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  serviceName: db
  replicas: 2
  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete, whenDeleted: Retain}
  selector:
    matchLabels: {app: db}
  template:
    metadata:
      labels: {app: db}
    spec:
      containers:
      - name: db
        image: busybox
        command: [sh, -c, "hostname >> /var/lib/db/hosts; sleep 10000"]
        volumeMounts:
        - {name: data, mountPath: /var/lib/db}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 100Mi}}
END
kubectl rollout status statefulset db | tail -1
#= partitioned roll out complete: 2 new pods have been updated...
kubectl get pvc
#= NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE
#= data-db-0 Bound pvc-… 100Mi RWO standard <unset> …
#= data-db-1 Bound pvc-… 100Mi RWO standard <unset> …
kubectl scale statefulset db --replicas=1
sleep 40
kubectl get pvc -o name
#= persistentvolumeclaim/data-db-0
kubectl delete statefulset db
sleep 40
kubectl get pvc -o name
#= persistentvolumeclaim/data-db-0
kubectl delete pvc --all
# Classes that do not let volumes grow, volumes that are kept.
kubectl apply -f claim.yaml
sleep 1
kubectl patch pvc data -p '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'
#= Error from server (Forbidden): persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize
kubectl patch pv $(kubectl get pvc data -o jsonpath='{.spec.volumeName}') -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'
kubectl delete pvc data
sleep 2
kubectl get pv
#= NAME CAPACITY ACCESS MODES RECLAIM POLICY STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE
#= pvc-… 1Gi RWO Retain Released default/data standard <unset> …
