# Kinds of one's own, as in «Extend the Kubernetes API with CustomResourceDefinitions»: definition, validation, columns, subresources, the end.
kubectl get crontabs
#= error: the server doesn't have a resource type "crontabs"
cat <<'END' > crd.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: crontabs.stable.example.com
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            description: What to run and when.
            required: [cronSpec]
            x-kubernetes-validations:
            - {rule: "self.replicas % 2 == 1", message: replicas must be odd}
            properties:
              cronSpec: {type: string, description: When to run., pattern: '^(\d+|\*)(/\d+)?(\s+(\d+|\*)(/\d+)?){4}$'}
              image: {type: string, default: busybox}
              replicas: {type: integer, minimum: 1, maximum: 10, default: 1}
          status:
            type: object
            properties:
              replicas: {type: integer}
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
    additionalPrinterColumns:
    - {name: Spec, type: string, jsonPath: .spec.cronSpec}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas}
    - {name: Image, type: string, jsonPath: .spec.image, priority: 1}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
END
kubectl apply -f crd.yaml
#= customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com created
kubectl wait --for condition=established --timeout=60s crd/crontabs.stable.example.com
#= customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com condition met
kubectl api-resources --api-group=stable.example.com
#= NAME SHORTNAMES APIVERSION NAMESPACED KIND
#= crontabs ct stable.example.com/v1 true CronTab
kubectl get apiservice v1.stable.example.com
#= NAME SERVICE AVAILABLE AGE
#= v1.stable.example.com Local True …
kubectl explain crontab.spec.cronSpec | tail -3 | head -1
#= When to run.
cat <<'END' > ct.yaml
apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: my-cron}
spec: {cronSpec: "* * * * */5", replicas: 3}
END
sed 's/\*\/5/often/' ct.yaml | kubectl apply -f -
#= The CronTab "my-cron" is invalid: spec.cronSpec: Invalid value: "* * * * often": spec.cronSpec in body should match '^(\d+|\*)(/\d+)?(\s+(\d+|\*)(/\d+)?){4}$'
sed 's/replicas: 3/replicas: 4/' ct.yaml | kubectl apply -f -
#= The CronTab "my-cron" is invalid: spec: Invalid value: "object": replicas must be odd
sed 's/replicas:/replicaz:/' ct.yaml | kubectl apply -f -
#= Error from server (BadRequest): error when creating "STDIN": CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.replicaz"
kubectl apply -f ct.yaml
#= crontab.stable.example.com/my-cron created
kubectl get ct -o wide
#= NAME SPEC REPLICAS IMAGE AGE
#= my-cron * * * * */5 3 busybox …
kubectl get all -o name | grep crontab
#= crontab.stable.example.com/my-cron
kubectl scale ct/my-cron --replicas=5
#= crontab.stable.example.com/my-cron scaled
kubectl patch ct my-cron -p '{"spec":{"replicas":7}}'
#= error: application/strategic-merge-patch+json is not supported by stable.example.com/v1, Kind=CronTab: the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml
kubectl patch ct my-cron --type merge --subresource status -p '{"status":{"replicas":5}}'
#= crontab.stable.example.com/my-cron patched
kubectl get ct my-cron -o jsonpath='{.spec.replicas} {.status.replicas} {.metadata.generation}{"\n"}'
#= 5 5 2
# What it owns goes with it; what has a finalizer holds up the end of its kind.
kubectl create configmap settings --from-literal=a=b
kubectl patch configmap settings -p "{\"metadata\":{\"ownerReferences\":[{\"apiVersion\":\"stable.example.com/v1\",\"kind\":\"CronTab\",\"name\":\"my-cron\",\"uid\":\"$(kubectl get ct my-cron -o jsonpath='{.metadata.uid}')\"}]}}"
#= configmap/settings patched
kubectl patch ct my-cron --type merge -p '{"metadata":{"finalizers":["example.com/wait"]}}'
#= crontab.stable.example.com/my-cron patched
kubectl delete crd crontabs.stable.example.com --wait=false
#= customresourcedefinition.apiextensions.k8s.io "crontabs.stable.example.com" deleted
sleep 10
kubectl get crd crontabs.stable.example.com -o jsonpath='{.status.conditions[?(@.type=="Terminating")].message}{"\n"}'
#= CustomResource deletion is in progress
kubectl patch ct my-cron --type merge -p '{"metadata":{"finalizers":null}}'
#= crontab.stable.example.com/my-cron patched
sleep 10
kubectl get crd
#= No resources found
kubectl get configmap settings
#= Error from server (NotFound): configmaps "settings" not found
kubectl apply -f ct.yaml
#= error: resource mapping not found for name: "my-cron" namespace: "" from "ct.yaml": no matches for kind "CronTab" in version "stable.example.com/v1"
#= ensure CRDs are installed first
