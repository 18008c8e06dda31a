# Users by client certificate: a key and a request, signed by the cluster, put into the kubeconfig, given a role, and used.
openssl genrsa -out jane.key 2048
head -1 jane.key
#= -----BEGIN PRIVATE KEY-----
openssl req -new -key jane.key -out jane.csr -subj "/CN=jane/O=developers"
openssl req -in jane.csr -noout -subject
#= subject=CN = jane, O = developers
openssl req -in jane.csr -noout -text | grep -e Public-Key -e Algorithm
#=             Public Key Algorithm: rsaEncryption
#=                 Public-Key: (2048 bit)
#=     Signature Algorithm: sha256WithRSAEncryption

cat <<EOF | kubectl apply -f -
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata:
  name: jane
spec:
  request: $(cat jane.csr | base64 | tr -d "\n")
  signerName: kubernetes.io/kube-apiserver-client
  expirationSeconds: 3600
  usages:
  - client auth
EOF
#= certificatesigningrequest.certificates.k8s.io/jane created
kubectl get csr
#= NAME   AGE   SIGNERNAME                            REQUESTOR          REQUESTEDDURATION   CONDITION
#= …
#= jane   …s    kubernetes.io/kube-apiserver-client   kubernetes-admin   60m                 Pending
#= …
kubectl certificate approve jane
#= certificatesigningrequest.certificates.k8s.io/jane approved
sleep 1
kubectl get csr jane
#= NAME   AGE   SIGNERNAME                            REQUESTOR          REQUESTEDDURATION   CONDITION
#= jane   …s    kubernetes.io/kube-apiserver-client   kubernetes-admin   60m                 Approved,Issued
kubectl describe csr jane
#= Name:                jane
#= Labels:              <none>
#= Annotations:         …
#= …
#= Requesting User:     kubernetes-admin
#= Signer:              kubernetes.io/kube-apiserver-client
#= Requested Duration:  60m
#= Status:              Approved,Issued
#= Subject:
#=          Common Name:    jane
#=          Serial Number:
#=          Organization:   developers
#= Events:  <none>
kubectl get csr jane -o jsonpath='{.status.certificate}' | base64 -d > jane.crt
openssl x509 -in jane.crt -noout -subject -issuer
#= subject=CN = jane, O = developers
#= issuer=CN = kubernetes
openssl x509 -in jane.crt -noout -text | grep -A1 -e 'Key Usage' -e Constraints
#=             X509v3 Extended Key Usage:
#=                 TLS Web Client Authentication
#=             X509v3 Basic Constraints: critical
#=                 CA:FALSE
kubectl get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}' > ca.crt
openssl verify -CAfile ca.crt jane.crt
#= jane.crt: OK

# The certificate and its key make a user of the kubeconfig.
kubectl config set-credentials jane --client-certificate=jane.crt --client-key=jane.key --embed-certs=true
#= User "jane" set.
kubectl config set-context jane --cluster=quorum --user=jane
#= Context "jane" created.
kubectl config view -o jsonpath='{.users[?(@.name=="jane")].user}'
#= {"client-certificate-data":"DATA+OMITTED","client-key-data":"DATA+OMITTED"}
kubectl config view --raw -o jsonpath='{.users[?(@.name=="jane")].user.client-certificate-data}' | base64 -d | diff - jane.crt && echo same
#= same
kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d | diff - ca.crt && echo same
#= same
kubectl auth whoami --context jane
#= ATTRIBUTE                                           VALUE
#= Username                                            jane
#= Groups                                              [developers system:authenticated]
#= Extra: authentication.kubernetes.io/credential-id   [X509SHA256=…]
kubectl get pods --context jane
#= Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"

# What she may do, a role says: given to her, or to her group.
kubectl create role pod-reader --verb=get,list,watch --resource=pods
#= role.rbac.authorization.k8s.io/pod-reader created
kubectl create rolebinding jane-reads --role=pod-reader --user=jane
#= rolebinding.rbac.authorization.k8s.io/jane-reads created
kubectl auth can-i list pods --context jane
#= yes
kubectl auth can-i delete pods --context jane
#= no
kubectl create rolebinding developers-edit --clusterrole=edit --group=developers
#= rolebinding.rbac.authorization.k8s.io/developers-edit created
kubectl config use-context jane
#= Switched to context "jane".
kubectl run web --image=nginx
#= pod/web created
kubectl wait --for=condition=Ready pod/web
#= pod/web condition met
kubectl exec web -- hostname
#= web
kubectl get nodes
#= Error from server (Forbidden): nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope
kubectl get pods --user kubernetes-admin -n kube-system -o name | head -1
#= pod/…
kubectl config use-context kubernetes-admin@quorum
#= Switched to context "kubernetes-admin@quorum".

# A certificate without its key is of no use, nor one of another authority.
openssl ecparam -genkey -name prime256v1 -noout -out other.key
kubectl get pods --client-certificate=jane.crt --client-key=other.key --user jane
#= error: tls: private key type does not match public key type
openssl genpkey -algorithm RSA -out another.key
kubectl get pods --client-certificate=jane.crt --client-key=another.key --user jane
#= error: tls: private key does not match public key
kubectl get pods --client-certificate=gone.crt --client-key=jane.key --user jane
#= Error in configuration: unable to read client-cert gone.crt for jane due to open gone.crt: no such file or directory
openssl req -x509 -new -key other.key -subj /CN=kubernetes -days 365 -out own-ca.crt
openssl x509 -req -in jane.csr -CA own-ca.crt -CAkey other.key -CAcreateserial -out forged.crt -days 1
#= Certificate request self-signature ok
#= subject=CN = jane, O = developers
openssl verify -CAfile ca.crt forged.crt
#= CN = jane, O = developers
#= error 20 at 0 depth lookup: unable to get local issuer certificate
#= error forged.crt: verification failed
kubectl get pods --client-certificate=forged.crt --client-key=jane.key --user jane
#= error: You must be logged in to the server (Unauthorized)

# Nobody asks for more than any rule could take back, and what is denied is not signed.
openssl req -new -key other.key -subj "/O=system:masters/CN=root" -out root.csr
for name in root mallory; do
  [ $name = mallory ] && openssl req -new -key other.key -subj "/CN=mallory" -out mallory.csr
  cat <<EOF | kubectl apply -f -
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: $name}
spec:
  request: $(base64 -w0 $name.csr)
  signerName: kubernetes.io/kube-apiserver-client
  usages: [client auth]
EOF
done
#= Error from server (Forbidden): error when creating "STDIN": certificatesigningrequests.certificates.k8s.io "root" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed
#= certificatesigningrequest.certificates.k8s.io/mallory created
kubectl certificate deny mallory
#= certificatesigningrequest.certificates.k8s.io/mallory denied
sleep 1
kubectl get csr mallory
#= NAME      AGE   SIGNERNAME                            REQUESTOR          REQUESTEDDURATION   CONDITION
#= mallory   …s    kubernetes.io/kube-apiserver-client   kubernetes-admin   <none>              Denied
kubectl certificate approve mallory
#= error: certificate signing request "mallory" is already Denied

# There is no taking a certificate back: it ends when its time is over.
kubectl delete csr jane
#= certificatesigningrequest.certificates.k8s.io "jane" deleted
kubectl get pods --context jane -o name
#= pod/web
sleep 3600
openssl x509 -in jane.crt -noout -checkend 0
#= Certificate will expire
kubectl get pods --context jane
#= error: You must be logged in to the server (Unauthorized)
