'use client';

/** What `kubectl describe` prints. */
import { memo } from 'react';
import { useTranslations } from 'use-intl';
import { useClusterSource, useClusterView } from '../_lib/cluster-source.tsx';
import { CopyButton } from '../_ui/copy-button.tsx';
import styles from './describe-tab.module.css';
import { kubectlTarget } from './kinds.ts';
import { TabState } from './tab-state.tsx';
import type { TabProps } from './tab-props.ts';
import { eventsVersion, useRefreshed } from './use-refreshed.ts';

const EVERY_MS = 2_000;
/** `Name:`, `  Node-Selectors:`: a name at the beginning of a line, and its value. */
const NAMED = /^(\s*)([A-Za-z][\w ./()-]*?:)(\s.*)?$/;

export function DescribeTab({ subject, version }: TabProps) {
  const t = useTranslations('inspector');
  const source = useClusterSource();
  const view = useClusterView();
  const describe = useRefreshed(() => source.describe(subject), subject.key, `${version} ${eventsVersion(view, subject, source.mode)}`, EVERY_MS);
  if (describe.data === undefined) return <TabState loaded={describe} />;
  return (
    <div className={styles.tab}>
      <div className={styles.bar}>
        <code className={styles.command}>kubectl describe {kubectlTarget(subject)}</code>
        <CopyButton text={describe.data} name="describe" />
      </div>
      <pre className={styles.text} tabIndex={0} aria-label={t('tabs.describe')} data-testid="inspector-describe">
        <Described text={describe.data} />
      </pre>
    </div>
  );
}

const Described = memo(function Described({ text }: { text: string }) {
  return text.split('\n').map((line, index) => {
    const named = NAMED.exec(line);
    return (
      <span key={index}>
        {named ? (
          <>
            {named[1]}
            <b className={styles.name}>{named[2]}</b>
            {named[3]}
          </>
        ) : (
          line
        )}
        {'\n'}
      </span>
    );
  });
});
