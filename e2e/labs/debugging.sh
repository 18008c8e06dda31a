# Files in and out of containers, and looking into a pod that has no shell.
kubectl run web --image=nginx
kubectl run echo --image=kicbase/echo-server:1.0
sleep 10
echo '<h1>你好</h1>' > index.html
kubectl cp index.html web:/usr/share/nginx/html/index.html
kubectl exec web -- curl -s localhost
#= <h1>你好</h1>
kubectl cp web:/etc/nginx/conf.d conf
#= tar: Removing leading `/' from member names
head -1 conf/default.conf
#= server {
kubectl cp index.html echo:/tmp
#= error: Internal error occurred: …exec: "tar": executable file not found in $PATH: unknown
kubectl exec echo -- sh
#= error: Internal error occurred: …exec: "sh": executable file not found in $PATH: unknown
kubectl debug -it echo --image=busybox:1.36 --target=echo
wget -qO- localhost:8080 | head -1
exit
#= Targeting container "echo". If you don't see processes from this container it may be because the container runtime doesn't support this feature.
#= Defaulting debug container name to debugger-….
#= All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.
#= If you don't see a command prompt, try pressing enter.
#= / # wget -qO- localhost:8080 | head -1
#= Request served by echo
#= / # exit
#= Session ended, the ephemeral container will not be restarted but may be reattached using 'kubectl attach echo -c debugger-… -i -t' if it is still running
kubectl debug node/worker-1 -it --image=busybox -- hostname
#= Creating debugging pod node-debugger-worker-1-… with container debugger on node worker-1.
#= …worker-1
kubectl debug echo --copy-to=echo2 --image=busybox -c shell -- sleep 1000
sleep 5
kubectl get pod echo2
#= NAME READY STATUS RESTARTS AGE
#= echo2 2/2 Running 0 …
