'use client';

/** An object of a kind that has no overview of its own: its data, and the plain values of its spec and status. */
import { useTranslations } from 'use-intl';
import type { ObjectRef } from '../../../server/rooms/service.ts';
import type { KubeObject } from '../../../server/simulation/apiserver/types.ts';
import { Facts, Row, Rows, Section } from '../parts.tsx';
import styles from './generic.module.css';

const MAX_SHOWN_CHARACTERS = 4_000;

export function GenericOverview({ subject, object }: { subject: ObjectRef; object: KubeObject }) {
  const t = useTranslations('inspector.overview');
  const data = Object.entries(((object as { data?: Record<string, string> }).data ?? {}) as Record<string, string>);
  const secret = subject.resource === 'secrets';
  const spec = plain(object.spec);
  const status = plain(object.status);
  return (
    <>
      <Facts
        facts={[
          [t('apiVersion'), object.apiVersion],
          ['uid', <code key="uid">{object.metadata.uid}</code>],
          [t('type'), (object as { type?: string }).type],
        ]}
      />
      {data.length > 0 && (
        <Section title={t('data')} count={data.length}>
          <Rows>
            {data.map(([key, value]) => (
              <Row key={key} end={t('bytes', { count: secret ? decodedLength(value) : value.length })} detail={secret ? undefined : <pre className={styles.value}>{value.slice(0, MAX_SHOWN_CHARACTERS)}</pre>}>
                <code>{key}</code>
              </Row>
            ))}
          </Rows>
        </Section>
      )}
      {spec.length > 0 && (
        <Section title={t('spec')}>
          <Facts facts={spec} />
        </Section>
      )}
      {status.length > 0 && (
        <Section title={t('status')}>
          <Facts facts={status} />
        </Section>
      )}
    </>
  );
}

/** The values that are no structures. */
function plain(part: unknown): [string, string][] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [[name, String(value)]];
    if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' || typeof item === 'number')) return [[name, value.join(', ')]];
    return [];
  });
}

function decodedLength(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}
