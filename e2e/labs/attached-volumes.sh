# A disk that one machine has at a time: attaching, growing, and a machine that dies with it.
minikube addons enable csi-block-driver | tail -1
sleep 15
kubectl get csinodes worker-1
#= NAME DRIVERS AGE
#= worker-1 1 …
cat <<'END' | kubectl apply -f -
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: block
  resources: {requests: {storage: 1Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec:
  selector:
    matchLabels: {app: db}
  template:
    metadata:
      labels: {app: db}
    spec:
      containers:
      - name: db
        image: busybox
        command: [sh, -c, "echo started >> /data/log; sleep 100000"]
        volumeMounts:
        - {name: data, mountPath: /data}
      volumes:
      - name: data
        persistentVolumeClaim: {claimName: data}
END
sleep 30
kubectl get events --field-selector involvedObject.name=data -o custom-columns=REASON:.reason,MESSAGE:.message --no-headers | grep -v ExternalProv | sort
#= Provisioning External provisioner is provisioning volume for claim "default/data"
#= ProvisioningSucceeded Successfully provisioned volume pvc-…
#= WaitForFirstConsumer waiting for first consumer to be created before binding
kubectl get events --field-selector reason=SuccessfulAttachVolume -o custom-columns=MESSAGE:.message --no-headers
#= AttachVolume.Attach succeeded for volume "pvc-…"
kubectl get volumeattachments
#= NAME ATTACHER PV NODE ATTACHED AGE
#= csi-… block.csi.quorum.local pvc-… worker-… true …
# The volume grows at once, its file system when the kubelet comes by.
kubectl patch pvc data -p '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'
sleep 1
kubectl get pvc data -o jsonpath='{.status.capacity.storage} {.status.conditions[0].type}{"\n"}'
#= 1Gi FileSystemResizePending
sleep 90
kubectl get pvc data -o jsonpath='{.status.capacity.storage} {.status.conditions}{"\n"}'
#= 2Gi
kubectl get events --field-selector involvedObject.name=data -o custom-columns=REASON:.reason --no-headers | grep -i resiz | sort
#= FileSystemResizeRequired
#= FileSystemResizeSuccessful
#= Resizing
kubectl patch pvc data -p '{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}'
#= The PersistentVolumeClaim "data" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity
# As much fits as was asked for.
kubectl exec deploy/db -- dd if=/dev/zero of=/data/big bs=1M count=3000
#= dd: error writing '/data/big': No space left on device
#= command terminated with exit code 1
kubectl exec deploy/db -- df -h /data
#= Filesystem Size Used Available Use% Mounted on
#= /dev/sdb 2.0G 2.0G 0 100% /data
kubectl exec deploy/db -- rm /data/big
# The machine dies. Its pod cannot be asked whether it still writes, so that nobody else gets the disk.
OLD=$(kubectl get pods -o jsonpath='{.items[0].metadata.name}')
quorum break node-crash $(kubectl get pods -o jsonpath='{.items[0].spec.nodeName}')
sleep 400
kubectl get pods --no-headers | sort -k3
#= db-… 0/1 ContainerCreating 0 …
#= db-… 1/1 Terminating 0 …
kubectl get events --field-selector reason=FailedAttachVolume -o custom-columns=MESSAGE:.message --no-headers
#= Multi-Attach error for volume "pvc-…" Volume is already used by pod(s) db-…
# Without the pod the controller waits for another six minutes, then it takes the disk away.
kubectl delete pod $OLD --force
sleep 340
kubectl get volumeattachments -o custom-columns=ATTACHED:.status.attached --no-headers
#= true
kubectl get pods --no-headers
#= db-… 0/1 ContainerCreating 0 …
sleep 180
kubectl get pods --no-headers
#= db-… 1/1 Running 0 …
kubectl exec deploy/db -- cat /data/log
#= started
#= started
