kubectl explain pod
kubectl explain pods.spec.containers
kubectl explain deploy.spec.replicas
kubectl explain deploy --recursive | head -40
kubectl explain deploy --api-version=apps/v1 | head -3
kubectl explain nosuch
kubectl explain pod.nosuch
kubectl explain pod.spec.nosuch.x
kubectl explain
kubectl explain a b
kubectl explain cronjob.spec.schedule
kubectl explain ingress.spec.rules.http.paths
kubectl explain hpa.spec.metrics.resource.target
kubectl explain node.status.conditions
kubectl explain secret.data
kubectl explain svc.spec.type
kubectl explain pvc.spec.accessModes
kubectl explain pod.spec.containers.resources.limits
kubectl explain pod.metadata.labels
kubectl explain pod.spec.containers.livenessProbe.httpGet.port
kubectl explain pod.apiVersion
kubectl explain event.count
kubectl explain deployments.apps --output=plaintext | head -6
kubectl explain pod --api-version=v2
kubectl explain pod.spec
kubectl explain deploy.spec.template.spec.containers
kubectl explain node.status
kubectl explain svc.spec
kubectl explain pv.spec
kubectl explain job.spec
kubectl explain hpa.spec
kubectl explain ingress.spec.rules
kubectl explain netpol.spec
kubectl explain role.rules
kubectl explain crd.spec
kubectl explain pdb.spec
kubectl explain sts.spec
kubectl explain ds.spec
kubectl explain cronjob.spec.jobTemplate.spec
kubectl explain storageclass
kubectl explain quota.spec
kubectl explain limitrange.spec.limits
kubectl explain endpointslice
kubectl explain event
kubectl explain csr.spec
kubectl explain pod.status
kubectl explain pvc.status
kubectl explain lease.spec
kubectl explain pod.spec --recursive
