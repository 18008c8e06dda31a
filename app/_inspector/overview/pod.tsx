'use client';

import { useTranslations } from 'use-intl';
import type { PodRow } from '../../../server/rooms/projection/types.ts';
import { age } from '../../../server/simulation/apiserver/tables/duration.ts';
import type { KubeObject } from '../../../server/simulation/apiserver/types.ts';
import { useClusterView } from '../../_lib/cluster-source.tsx';
import { useVirtualNow } from '../../_lib/virtual-clock.ts';
import type { Tone } from '../../_ui/status.tsx';
import { ObjectLink } from '../object-link.tsx';
import { Facts, Row, Rows, Section } from '../parts.tsx';
import { nodeState } from '../tone.ts';
import styles from './pod.module.css';

interface ContainerStatus {
  name: string;
  ready?: boolean;
  restartCount?: number;
  state?: { waiting?: { reason?: string; message?: string }; running?: { startedAt?: string }; terminated?: { reason?: string; exitCode?: number; message?: string } };
  lastState?: { terminated?: { reason?: string; exitCode?: number; finishedAt?: string } };
}
interface Container {
  name: string;
  image?: string;
  command?: string[];
  args?: string[];
  ports?: { containerPort: number; protocol?: string }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
}

export function PodOverview({ row, object }: { row: PodRow; object: KubeObject | undefined }) {
  const t = useTranslations('inspector.overview');
  const view = useClusterView();
  const node = view?.tables.nodes.get(row.node);
  const services = [...(view?.tables.services.values() ?? [])].filter((service) => service.endpoints.some(({ pod }) => pod === row.key)).sort((x, y) => (x.key < y.key ? -1 : 1));
  const spec = object?.spec ?? {};
  return (
    <>
      <Section title={t('placement')}>
        <Facts
          facts={[
            [t('node'), row.node ? <ObjectLink key="node" to={{ resource: 'nodes', key: row.node }} state={node && nodeState(node)} /> : t('notScheduled')],
            [t('ip'), row.ip && <code key="ip">{row.ip}</code>],
            [t('readyContainers'), row.ready],
            [t('restarts'), String(row.restarts)],
            [t('qos'), object?.status?.qosClass as string | undefined],
            [t('serviceAccount'), spec.serviceAccountName ? <ObjectLink key="account" to={{ resource: 'serviceaccounts', key: `${row.namespace}/${spec.serviceAccountName as string}` }} /> : undefined],
            [t('services'), services.length > 0 && services.map(({ key }) => <ObjectLink key={key} to={{ resource: 'services', key }} />)],
          ]}
        />
      </Section>
      {object && <Containers title={t('initContainers')} containers={(spec.initContainers ?? []) as Container[]} statuses={(object.status?.initContainerStatuses ?? []) as ContainerStatus[]} init />}
      {object ? (
        <Containers title={t('containers')} containers={(spec.containers ?? []) as Container[]} statuses={(object.status?.containerStatuses ?? []) as ContainerStatus[]} />
      ) : (
        <Section title={t('containers')}>
          <Rows>
            {row.images.map((image, index) => (
              <Row key={index}>
                <code>{image}</code>
              </Row>
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
}

function Containers({ title, containers, statuses, init = false }: { title: string; containers: Container[]; statuses: ContainerStatus[]; init?: boolean }) {
  const t = useTranslations('inspector.overview');
  const now = useVirtualNow(useClusterView()?.meta);
  if (containers.length === 0) return null;
  return (
    <Section title={title}>
      <Rows>
        {containers.map((container) => {
          const status = statuses.find(({ name }) => name === container.name);
          const { tone, words, why } = stateOf(status, init);
          const started = status?.state?.running?.startedAt;
          const last = status?.lastState?.terminated;
          const command = [...(container.command ?? []), ...(container.args ?? [])].join(' ');
          return (
            <Row
              key={container.name}
              tone={tone}
              end={
                <>
                  {words}
                  {started && now !== undefined && ` · ${age(started, now)}`}
                </>
              }
              detail={
                <>
                  <code>{container.image}</code>
                  {command && <span className={styles.line}>{t('command')} <code>{command}</code></span>}
                  {(container.ports ?? []).length > 0 && <span className={styles.line}>{t('ports')} <code>{container.ports?.map(({ containerPort, protocol }) => `${containerPort}/${protocol ?? 'TCP'}`).join(', ')}</code></span>}
                  {container.resources?.requests && <span className={styles.line}>{t('requests')} <code>{quantities(container.resources.requests)}</code></span>}
                  {container.resources?.limits && <span className={styles.line}>{t('limits')} <code>{quantities(container.resources.limits)}</code></span>}
                  {(status?.restartCount ?? 0) > 0 && <span className={styles.line}>{t('restartsOf', { count: status?.restartCount ?? 0 })}{last && ` · ${t('lastEnd', { reason: last.reason ?? '', code: last.exitCode ?? 0 })}`}</span>}
                  {why && <span className={styles.line}>{why}</span>}
                </>
              }
            >
              {container.name}
            </Row>
          );
        })}
      </Rows>
    </Section>
  );
}

function stateOf(status: ContainerStatus | undefined, init: boolean): { tone: Tone; words: string; why?: string | undefined } {
  const { waiting, running, terminated } = status?.state ?? {};
  if (running) return { tone: status?.ready || init ? 'ready' : 'pending', words: 'Running' };
  if (terminated) return { tone: terminated.exitCode === 0 ? 'done' : 'failing', words: `${terminated.reason ?? 'Terminated'} (${terminated.exitCode ?? 0})`, why: terminated.message };
  const reason = waiting?.reason ?? 'Waiting';
  return { tone: /BackOff|Err/.test(reason) ? 'failing' : 'pending', words: reason, why: waiting?.message };
}

function quantities(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
