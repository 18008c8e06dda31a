# Rules for a cluster without a webhook, as in «Validating Admission Policy».
cat <<'END' | kubectl apply -f -
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: demo-policy.example.com}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
  validations:
  - expression: "object.spec.replicas <= 5"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: demo-binding-test.example.com}
spec:
  policyName: demo-policy.example.com
  validationActions: [Deny]
  matchResources:
    namespaceSelector:
      matchLabels: {environment: test}
END
#= validatingadmissionpolicy.admissionregistration.k8s.io/demo-policy.example.com created
#= validatingadmissionpolicybinding.admissionregistration.k8s.io/demo-binding-test.example.com created
kubectl get validatingadmissionpolicy
#= NAME VALIDATIONS PARAMKIND AGE
#= demo-policy.example.com 1 <unset> …
kubectl create deployment nginx --image=nginx --replicas=6
#= deployment.apps/nginx created
kubectl create namespace test
kubectl label namespace test environment=test
#= namespace/test labeled
kubectl create deployment nginx --image=nginx --replicas=6 -n test
#= error: failed to create deployment: deployments.apps "nginx" is forbidden: ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding-test.example.com' denied request: failed expression: object.spec.replicas <= 5
kubectl create deployment nginx --image=nginx --replicas=5 -n test
#= deployment.apps/nginx created
kubectl patch deployment nginx -n test -p '{"spec":{"replicas":6}}'
#= The deployments "nginx" is invalid: : ValidatingAdmissionPolicy 'demo-policy.example.com' with binding 'demo-binding-test.example.com' denied request: failed expression: object.spec.replicas <= 5
# Controllers are held to it as people are.
cat <<'END' | kubectl apply -f -
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-latest.example.com}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
  validations:
  - expression: "object.spec.containers.all(c, c.image.contains(':') && !c.image.endsWith(':latest'))"
    message: images need a tag
    reason: Forbidden
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-latest}
spec: {policyName: no-latest.example.com, validationActions: [Deny], matchResources: {namespaceSelector: {matchLabels: {environment: test}}}}
END
kubectl run web --image=nginx -n test
#= Error from server (Forbidden): pods "web" is forbidden: ValidatingAdmissionPolicy 'no-latest.example.com' with binding 'no-latest' denied request: images need a tag
kubectl create deployment untagged --image=nginx -n test
sleep 5
kubectl get deployment untagged -n test
#= NAME READY UP-TO-DATE AVAILABLE AGE
#= untagged 0/1 0 0 …
kubectl get events -n test --field-selector reason=FailedCreate -o custom-columns=MESSAGE:.message --no-headers | head -1
#= Error creating: pods "untagged-…" is forbidden: ValidatingAdmissionPolicy 'no-latest.example.com' with binding 'no-latest' denied request: images need a tag
kubectl set image deployment/untagged nginx=nginx:1.27 -n test
sleep 30
kubectl get deployment untagged -n test
#= NAME READY UP-TO-DATE AVAILABLE AGE
#= untagged 1/1 1 1 …
