/** What the conformance recorder ran in place of images: see kubelet/recorder.ts. */
import { baseFiles, tools } from '../shell/tools.ts';
import type { Image, Program } from '../types.ts';

const server: Program = {
  name: 'recorded-server',
  daemon: true,
  memoryBytes: 1_048_576,
  termination: { afterMs: 1, code: 0 },
  step() {
    // It waits to be stopped; port 80 is answered for every pod.
  },
};

export const recordedPrograms = [server];

const files = baseFiles('busybox');

/** Docker Hub's official images and well-known owners there. With the recorder every name existed; a misspelt one should not. */
const OFFICIAL = new Set(
  ('adminer almalinux amazoncorretto amazonlinux arangodb archlinux bash buildpack-deps caddy cassandra centos chronograf clojure consul couchbase couchdb debian docker ' +
    'drupal eclipse-mosquitto eclipse-temurin elasticsearch elixir erlang fedora fluentd gcc ghost golang gradle groovy haproxy haskell hello-world influxdb ' +
    'jenkins jetty joomla jruby julia kibana kong logstash mariadb maven mediawiki memcached mongo mongo-express mysql nats neo4j nextcloud node odoo openjdk ' +
    'oraclelinux percona perl php phpmyadmin photon postgres pypy python rabbitmq r-base redmine rethinkdb rockylinux ruby rust solr sonarqube swift swipl ' +
    'telegraf tomcat traefik ubuntu unit varnish vault wordpress zookeeper').split(' '),
);
const OWNERS = new Set('alpine amazon apache bitnami bitnamilegacy calico circleci cloudflare confluentinc curlimages datadog dockersamples elastic envoyproxy flannel fluent gcr google grafana hashicorp istio jenkins jaegertracing k8s kindest kodekloud kubernetesui library linuxserver mendhak minio mcp nginxdemos nginxinc nicolaka openzipkin paulbouwer percona polinux prom rancher sonatype stefanprodan timberio traefik velero vish weaveworks'.split(' '));

/** Whether a repository exists for the recorder's clusters. */
export function recordedHas(repository: string): boolean {
  const [registry, owner = '', name] = repository.split('/');
  if (registry !== 'docker.io') return true;
  return owner === 'library' ? OFFICIAL.has(name ?? '') : OWNERS.has(owner);
}

/** A repository that exists and is not known otherwise. */
export const recorded: Image = {
  repository: 'recorded',
  hasTag: () => true,
  sizeBytes: () => 44_000_000,
  command: ['/server'],
  env: {},
  base: 'busybox',
  files: () => files,
  programs: { ...tools('busybox'), '/server': 'recorded-server' },
};
