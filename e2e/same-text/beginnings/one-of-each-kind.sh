cat > all.yaml <<'X'
apiVersion: v1
kind: Namespace
metadata: {name: team, labels: {who: us}, annotations: {note: "hello world"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: web}}
data: {color: blue, "app.properties": "a=1\nb=2\n"}
binaryData: {raw: aGVsbG8=}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {password: hunter2, user: admin}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: team}
spec: {limits: [{type: Container, default: {cpu: 500m, memory: 128Mi}, defaultRequest: {cpu: 100m}, max: {cpu: "2"}, min: {cpu: 10m}}, {type: Pod, max: {cpu: "4"}}, {type: PersistentVolumeClaim, max: {storage: 2Gi}}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: team}
spec: {hard: {pods: "5", requests.cpu: "2", requests.memory: 1Gi, limits.cpu: "4", services: "3", count/deployments.apps: "2"}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: besteffort, namespace: team}
spec: {hard: {pods: "5"}, scopes: [BestEffort]}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce, ReadOnlyMany], hostPath: {path: /data}, storageClassName: manual, persistentVolumeReclaimPolicy: Retain}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 500Mi}}, storageClassName: manual}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: waiting}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 5Gi}}, storageClassName: nothing}
---
apiVersion: v1
kind: Pod
metadata: {name: full, labels: {app: full}, annotations: {a: b}}
spec:
  serviceAccountName: robot
  nodeSelector: {kubernetes.io/os: linux}
  priority: 0
  tolerations: [{key: special, operator: Equal, value: "yes", effect: NoSchedule}, {key: any, operator: Exists}]
  initContainers:
  - {name: setup, image: busybox, command: [sh, -c, "exit 0"]}
  - {name: sidecar, image: busybox, restartPolicy: Always, command: [sleep, "36000"]}
  containers:
  - name: main
    image: nginx
    ports: [{containerPort: 80, name: http}, {containerPort: 443}]
    env:
    - {name: PLAIN, value: text}
    - {name: EMPTY, value: ""}
    - {name: FROM_SECRET, valueFrom: {secretKeyRef: {name: keys, key: password}}}
    - {name: FROM_CONFIG, valueFrom: {configMapKeyRef: {name: settings, key: color, optional: true}}}
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    - {name: CPU, valueFrom: {resourceFieldRef: {containerName: main, resource: limits.cpu}}}
    envFrom: [{configMapRef: {name: settings}}, {prefix: S_, secretRef: {name: keys, optional: true}}]
    resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {cpu: 100m, memory: 64Mi}}
    livenessProbe: {httpGet: {path: /, port: http}, initialDelaySeconds: 5}
    readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 3}
    startupProbe: {exec: {command: [ls, /]}}
    lifecycle: {preStop: {exec: {command: [sleep, "1"]}}}
    volumeMounts: [{name: config, mountPath: /etc/config, readOnly: true}, {name: secret, mountPath: /etc/secret}, {name: scratch, mountPath: /scratch, subPath: x}, {name: claim, mountPath: /data}]
  volumes:
  - {name: config, configMap: {name: settings, optional: true, items: [{key: color, path: c}]}}
  - {name: secret, secret: {secretName: keys}}
  - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 10Mi}}
  - {name: claim, persistentVolumeClaim: {claimName: claim}}
  - {name: host, hostPath: {path: /var/log, type: DirectoryOrCreate}}
  - {name: down, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
  - {name: proj, projected: {sources: [{secret: {name: keys}}, {configMap: {name: settings}}, {serviceAccountToken: {path: t, expirationSeconds: 3600}}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}, annotations: {kubernetes.io/change-cause: first}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}, matchExpressions: [{key: tier, operator: NotIn, values: [back, db]}]}
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: web}, annotations: {x: yes1}}
    spec:
      affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}}]}}
      topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}]
      containers: [{name: nginx, image: "nginx:1.27", ports: [{containerPort: 80}], resources: {requests: {cpu: 50m}}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: redis, image: redis, ports: [{containerPort: 6379, name: redis}]}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: busybox, command: [sleep, "99999"]}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec: {completions: 3, parallelism: 2, backoffLimit: 4, activeDeadlineSeconds: 600, ttlSecondsAfterFinished: 9999, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, "sleep 2"]}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: bad}
spec: {backoffLimit: 1, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, "exit 3"]}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec: {schedule: "0 0 1 1 *", timeZone: Etc/UTC, concurrencyPolicy: Forbid, successfulJobsHistoryLimit: 2, startingDeadlineSeconds: 100, jobTemplate: {spec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: c, image: busybox, args: [date]}]}}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 80}, {name: alt, port: 8080, targetPort: 80, protocol: TCP}], sessionAffinity: ClientIP}
---
apiVersion: v1
kind: Service
metadata: {name: node}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}], externalTrafficPolicy: Local, externalIPs: [1.2.3.4]}
---
apiVersion: v1
kind: Service
metadata: {name: lb}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}], loadBalancerSourceRanges: [10.0.0.0/8]}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 6379}]}
---
apiVersion: v1
kind: Service
metadata: {name: ext}
spec: {type: ExternalName, externalName: example.com}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: site, annotations: {nginx.ingress.kubernetes.io/rewrite-target: /}}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: web, port: {number: 80}}}
  tls: [{hosts: [a.example.com], secretName: cert}, {hosts: [b.example.com]}]
  rules:
  - {host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}, {path: /x, pathType: Exact, backend: {service: {name: nosuch, port: {number: 8080}}}}]}}
  - {http: {paths: [{path: /y, pathType: ImplementationSpecific, backend: {service: {name: web, port: {number: 80}}}}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {namespaceSelector: {matchLabels: {who: us}}, podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 6379}, {protocol: UDP, port: 53}]}]
  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 80, endPort: 90}]}, {}]
  policyTypes: [Ingress, Egress]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: keep}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: most}
spec: {maxUnavailable: 30%, selector: {matchLabels: {app: db}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  minReplicas: 2
  maxReplicas: 5
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}, {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}}]
  behavior: {scaleDown: {stabilizationWindowSeconds: 60, policies: [{type: Percent, value: 50, periodSeconds: 15}]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]}, {apiGroups: [apps], resources: [deployments], resourceNames: [web], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: robot, namespace: default}, {kind: Group, name: devs, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: metrics}
rules: [{nonResourceURLs: [/metrics, /healthz/*], verbs: [get]}, {apiGroups: ["*"], resources: ["*"], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: metrics}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: metrics}
subjects: [{kind: ServiceAccount, name: robot, namespace: default}]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: example.com/disk
parameters: {type: ssd}
mountOptions: [debug]
allowVolumeExpansion: true
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 1000
description: Important
---
apiVersion: v1
kind: ReplicationController
metadata: {name: old}
spec: {replicas: 1, selector: {app: old}, template: {metadata: {labels: {app: old}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: v1
kind: PodTemplate
metadata: {name: tmpl}
template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: nginx}]}}
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: lease}
spec: {holderIdentity: me, leaseDurationSeconds: 15}
---
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: jane}
spec: {request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQlRqQ0I5QUlCQURCRk1RMHdDd1lEVlFRRERBUnFZVzVsTVEwd0N3WURWUVFLREFSa1pYWnpNUXd3Q2dZRApWUVFLREFOdmNITXhDakFJQmdOVkJBc01BWGd4Q3pBSkJnTlZCQVlUQWxSWE1Ga3dFd1lIS29aSXpqMENBUVlJCktvWkl6ajBEQVFjRFFnQUVaUFpBSDZLS21xejhSYk1WSkp2OVlJbDZqMlNrTThkbitoZTBYM0xRVzdSWHNEVUEKV0ovN24wSEg1S08wYkJ6YW12aSt3aDZkNWNLTmNMVXhNUDNsYXFCTk1Fc0dDU3FHU0liM0RRRUpEakUrTUR3dwpPZ1lEVlIwUkJETXdNWUlOWVM1bGVHRnRjR3hsTG1OdmJZSUJZb2NFQ2dBQUFZY1EvUUFBQUFBQUFBQUFBQUFBCkFBQUFBWUVGWVVCaUxtTXdDZ1lJS29aSXpqMEVBd0lEU1FBd1JnSWhBS0ltY3BGQ1BTbWJIOXE1YmplQWx0SlkKbVR2c1JpM3VxWk41UlB4VnF5QlhBaUVBeCtFRytKazFQQmQ5YXRQd0pBVndlT2grZG5ReWNXVmR0SUs2eTBFbgpwM1U9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=, signerName: kubernetes.io/kube-apiserver-client, expirationSeconds: 86400, usages: [client auth]}
---
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: joe}
spec: {request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQ1V6Q0NBVHNDQVFBd0RqRU1NQW9HQTFVRUF3d0RhbTlsTUlJQklqQU5CZ2txaGtpRzl3MEJBUUVGQUFPQwpBUThBTUlJQkNnS0NBUUVBbWVwUVI1cTlsc1lBaVpQOXNTSTZmdm5oMzM1U3hSV0tPTmsxYXUxS0FmV2RQODYzCkg5WHF6UmFNeW5IUGNxYmlIeGtTUzlLa1o3VjU4YnFuK1VQa1NydElSME9DUTBFU1lVOUh5L3l4WlAyVDNEUWEKcUZDK2VFNE1jZjlmVUtpUmNZYkFjaVV1WU5Hd1NMcC9mWldqbkI4NTJBZi9IQjgzSE1mcGNLdWFpTlhTYTBPOAo0WDJjMmU4NHluWFlHK09kSFg5L1dPYUtzb0ZVYzhROGk1Vmc5bFRCL0FPdDFoUlRiYllkUUZaQk9oUkFlbENRCnhsRTBqTDZYeXVlNTlFRWEwTFhUTHc2RU4vZGg5N2E3MVNNV0RHQUhvdHFTZzc2VFFiSzZmaUV5cnBPMDQwcWMKM3BxU2QvVGk5THFCcU5iSEgxcXlGdERpRklRMGgzVnBUQTVMNndJREFRQUJvQUF3RFFZSktvWklodmNOQVFFTApCUUFEZ2dFQkFBdkdxTXhvNXJHa0dWR1hPYlZTZ01iQ1VxaGhWajdEcTcrZEFYcXJmNFJlVUdyQTVMdnM5SWNHCnFISUNkejJHbUpQRUVEcGZCUHVYVDZYelZKY1ludHZzM2JZYUdyOUk2c3d3QmZoL2RkM3VXRURudVgzSS80dGoKYVBzQ3BvR2RwTXFEMVVOWDdUTmUrTml0VjRLcjVieFJ2Rk9jMDZnYjVqbFV1cm1QZEd6dENHLzZnNGJVVVZDbQpwR2I3MFFnb0hiblgzenoxcWoyQUFXYTVITmNxc0xRZjV6Q0pHc3hDUTBpRmdiWkQxUWlEbmZhSnlhQ01CZGlICkVYVEJzMGZTbUhlY05QRnlYRzZScSs0enZZL3k4Uml3YzBaQkJlRGFQdUptUFJzdDJvV2tYWDBrTTg0WnJabVgKWFUzY2ZjeDJSTWNxRDRybFVsZXZsOEtCM3QzaEM5dz0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==, signerName: example.com/x, usages: [client auth]}
---
apiVersion: storage.k8s.io/v1
kind: VolumeAttributesClass
metadata: {name: gold}
driverName: example.com/driver
parameters: {iops: "1000", a: b}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pets.example.com}
spec: {group: example.com, scope: Namespaced, names: {plural: pets, singular: pet, kind: Pet, shortNames: [pt]}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {legs: {type: integer}, petURL: {type: string}, someID: {type: string}}}}}}}]}
X
kubectl apply -f all.yaml
