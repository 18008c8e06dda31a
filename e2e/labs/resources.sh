# Requests, limits and what happens without enough: quotas, OOM kills, eviction, preemption.
kubectl create namespace team
cat <<'END' | kubectl apply -f -
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: team}
spec:
  hard: {pods: "3", requests.cpu: "1", limits.memory: 1Gi}
END
kubectl -n team run web --image=nginx
#= Error from server (Forbidden): pods "web" is forbidden: failed quota: quota: must specify limits.memory for: web; requests.cpu for: web
cat <<'END' | kubectl apply -f -
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: team}
spec:
  limits:
  - type: Container
    default: {cpu: 200m, memory: 128Mi}
    defaultRequest: {cpu: 100m, memory: 64Mi}
    max: {memory: 512Mi}
END
kubectl -n team run web --image=nginx
#= pod/web created
kubectl -n team get pod web -o jsonpath='{.spec.containers[0].resources}{"\n"}'
#= {"limits":{"cpu":"200m","memory":"128Mi"},"requests":{"cpu":"100m","memory":"64Mi"}}
kubectl -n team run big --image=nginx --overrides='{"spec":{"containers":[{"name":"big","image":"nginx","resources":{"limits":{"memory":"1Gi"}}}]}}'
#= Error from server (Forbidden): pods "big" is forbidden: maximum memory usage per Container is 512Mi, but limit is 1Gi
kubectl -n team create deployment web --image=nginx --replicas=4
sleep 5
kubectl -n team get deployment web
#= NAME READY UP-TO-DATE AVAILABLE AGE
#= web 2/4 2 2 5s
kubectl -n team get events --field-selector reason=FailedCreate -o custom-columns=MESSAGE:.message --no-headers | grep -o 'exceeded quota.*' | sort -u
#= exceeded quota: quota, requested: pods=1, used: pods=3, limited: pods=3
kubectl -n team describe quota quota | tail -3
#= limits.memory 384Mi 1Gi
#= pods 3 3
#= requests.cpu 300m 1
# More memory than the limit allows.
cat <<'END' | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata: {name: memory-demo}
spec:
  containers:
  - name: stress
    image: polinux/stress
    resources: {requests: {memory: 50Mi}, limits: {memory: 100Mi}}
    command: [stress]
    args: [--vm, "1", --vm-bytes, 250M, --vm-hang, "1"]
END
sleep 10
kubectl get pod memory-demo -o jsonpath='{.status.containerStatuses[0].lastState.terminated.reason} {.status.containerStatuses[0].lastState.terminated.exitCode}{"\n"}'
#= OOMKilled 137
kubectl delete pod memory-demo
# More processor than the limit allows is no crime: it is throttled.
minikube addons enable metrics-server | tail -1
cat <<'END' | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata: {name: cpu-demo}
spec:
  containers:
  - name: stress
    image: vish/stress
    resources: {requests: {cpu: 200m}, limits: {cpu: 500m}}
    args: [-cpus, "2"]
END
sleep 90
kubectl top pod cpu-demo --no-headers
#= cpu-demo 500m …
kubectl delete pod cpu-demo
# A machine without memory: whoever is furthest beyond its request goes.
cat <<'END' | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata: {name: modest}
spec:
  nodeSelector: {kubernetes.io/hostname: worker-2}
  containers:
  - {name: c, image: nginx, resources: {requests: {memory: 64Mi}, limits: {memory: 64Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: greedy}
spec:
  nodeSelector: {kubernetes.io/hostname: worker-2}
  containers:
  - {name: c, image: polinux/stress, command: [stress], args: [--vm, "1", --vm-bytes, 3700M, --vm-hang, "1"]}
END
sleep 25
kubectl get pods -o custom-columns=NAME:.metadata.name,PHASE:.status.phase,REASON:.status.reason --no-headers
#= greedy Failed Evicted
#= modest Running <none>
kubectl get pod greedy -o jsonpath='{.status.message}{"\n"}'
#= The node was low on resource: memory. Threshold quantity: 100Mi, available: …. Container c was using …, request is 0, has larger consumption of memory.
kubectl describe node worker-2 | grep -E '^Taints|MemoryPressure .*True'
#= Taints: node.kubernetes.io/memory-pressure:NoSchedule
#= MemoryPressure True … KubeletHasInsufficientMemory kubelet has insufficient memory available
sleep 310
kubectl describe node worker-2 | grep '^Taints'
#= Taints: <none>
kubectl delete pod greedy modest
# Disks fill, too: an emptyDir, what a container writes, a whole machine.
cat <<'END' | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata: {name: cache}
spec:
  containers:
  - name: c
    image: busybox
    command: [sleep, "100000"]
    volumeMounts: [{name: cache, mountPath: /cache}]
  volumes:
  - {name: cache, emptyDir: {sizeLimit: 10Mi}}
---
apiVersion: v1
kind: Pod
metadata: {name: limited}
spec:
  containers:
  - {name: c, image: busybox, command: [sleep, "100000"], resources: {limits: {ephemeral-storage: 100Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: filler}
spec:
  nodeSelector: {kubernetes.io/hostname: worker-3}
  containers:
  - {name: c, image: busybox, command: [sleep, "100000"]}
END
sleep 10
kubectl exec cache -- dd if=/dev/zero of=/cache/big bs=1M count=20
kubectl exec limited -- fallocate -l 200M /tmp/big
kubectl exec filler -- dd if=/dev/zero of=/tmp/huge bs=1G count=60
#= dd: error writing '/tmp/huge': No space left on device
#= command terminated with exit code 1
sleep 25
kubectl get pods cache limited filler -o jsonpath='{range .items[*]}{.status.reason}: {.status.message}{"\n"}{end}'
#= Evicted: Usage of EmptyDir volume "cache" exceeds the limit "10Mi".
#= Evicted: Pod ephemeral local storage usage exceeds the total limit of containers 100Mi.
#= Evicted: The node was low on resource: ephemeral-storage. Threshold quantity: 6272562380, available: 0. Container c was using …, request is 0, has larger consumption of ephemeral-storage.
kubectl describe node worker-3 | grep '^Taints'
#= Taints: node.kubernetes.io/disk-pressure:NoSchedule
sleep 310
kubectl describe node worker-3 | grep '^Taints'
#= Taints: <none>
kubectl delete pod cache limited filler
# Who is more important makes room for itself.
kubectl create priorityclass high --value=1000
cat <<'END' | kubectl apply -f -
apiVersion: apps/v1
kind: Deployment
metadata: {name: low}
spec:
  replicas: 6
  selector: {matchLabels: {app: low}}
  template:
    metadata: {labels: {app: low}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - {name: c, image: nginx, resources: {requests: {cpu: 800m}}}
END
kubectl rollout status deployment low | tail -1
#= deployment "low" successfully rolled out
cat <<'END' | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata: {name: vip}
spec:
  priorityClassName: high
  containers:
  - {name: c, image: nginx, resources: {requests: {cpu: "1.2"}}}
END
sleep 20
kubectl get pod vip --no-headers
#= vip 1/1 Running 0 20s
kubectl get events --field-selector reason=Preempted -o custom-columns=MESSAGE:.message --no-headers | sort -u
#= Preempted by pod … on node worker-…
kubectl get pods -l app=low --no-headers | grep -c Pending
#= 2
