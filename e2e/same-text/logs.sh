kubectl run box --image=busybox --restart=Never -- sh -c 'echo one; sleep 3600'
kubectl run two --image=busybox --restart=Never -- sleep 999
kubectl create deployment web --image=nginx
sleep 8
kubectl logs box two
kubectl logs box --since-time=bad
kubectl logs box --since=1h --since-time=2026-01-01T00:00:00Z
kubectl logs pod/box pod/two
kubectl label pod box two --list
kubectl label pod box --list
kubectl rollout pause deploy/web
kubectl rollout restart deploy/web
