'use client';

/** The object as YAML, with what became different since it was opened, or with its last change. */
import { goToNextChunk, goToPreviousChunk, getChunks, unifiedMergeView } from '@codemirror/merge';
import { Compartment, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useClusterSource } from '../_lib/cluster-source.tsx';
import { Button, IconButton } from '../_ui/button.tsx';
import { CodeEditor, readOnly } from '../_ui/code-editor.tsx';
import { CopyButton } from '../_ui/copy-button.tsx';
import { kubectlTarget } from './kinds.ts';
import { useLiveRoom } from './live.tsx';
import { Segments } from './segments.tsx';
import { TabState } from './tab-state.tsx';
import type { TabProps } from './tab-props.ts';
import { useRefreshed } from './use-refreshed.ts';
import styles from './yaml-tab.module.css';

const COMPARISONS = ['opened', 'last', 'none'] as const;
type Comparison = (typeof COMPARISONS)[number];

/** Above this, comparing character by character would hold up the page. */
const SCAN_LIMIT = 2_000;

export function YamlTab({ subject, version, gone }: TabProps) {
  const t = useTranslations('inspector.yaml');
  const source = useClusterSource();
  const live = useLiveRoom();
  const yaml = useRefreshed(() => source.yaml(subject), subject.key, version);
  const text = yaml.data;
  const [comparison, setComparison] = useState<Comparison>('opened');
  // What it was when it was opened, and before its last change.
  const versions = useRef<{ opened: string; before: string; now: string }>(null);
  if (text !== undefined && versions.current?.now !== text) {
    versions.current = versions.current ? { ...versions.current, before: versions.current.now, now: text } : { opened: text, before: text, now: text };
  }
  const original = comparison === 'none' || !versions.current ? undefined : comparison === 'opened' ? versions.current.opened : versions.current.before;

  const [view, setView] = useState<EditorView>();
  const [chunks, setChunks] = useState(0);
  const { extensions, merge } = useMemo(() => {
    const compartment = new Compartment();
    const counted = EditorView.updateListener.of((update) => setChunks(getChunks(update.state)?.chunks.length ?? 0));
    return { merge: compartment, extensions: [readOnly, compartment.of([]), counted] as Extension };
  }, []);
  useEffect(() => {
    if (!view) return;
    const { scrollTop } = view.scrollDOM;
    const extension = original === undefined ? [] : unifiedMergeView({ original, mergeControls: false, gutter: true, diffConfig: { scanLimit: SCAN_LIMIT, timeout: 100 } });
    view.dispatch({ effects: merge.reconfigure(extension) });
    view.scrollDOM.scrollTop = scrollTop;
  }, [view, merge, original]);

  if (text === undefined) return <TabState loaded={yaml} />;
  return (
    <div className={styles.tab}>
      <div className={styles.bar}>
        <Segments<Comparison> label={t('compare')} value={comparison} choices={COMPARISONS.map((value) => ({ value, label: t(`comparisons.${value}`) }))} onChange={setComparison} />
        {original !== undefined && (
          <span className={styles.changes} role="status">
            <span className={chunks === 0 ? 'visually-hidden' : undefined}>{t('changes', { count: chunks })}</span>
            {chunks > 0 && view && (
              <>
                <IconButton label={t('previousChange')} size="small" onClick={() => void goToPreviousChunk(view)}>
                  <ArrowUp size={15} aria-hidden="true" />
                </IconButton>
                <IconButton label={t('nextChange')} size="small" onClick={() => void goToNextChunk(view)}>
                  <ArrowDown size={15} aria-hidden="true" />
                </IconButton>
              </>
            )}
          </span>
        )}
        <span className={styles.end}>
          {live?.type && !gone && (
            <Button size="small" title={`kubectl edit ${kubectlTarget(subject)}`} onClick={() => live.type?.(`kubectl edit ${kubectlTarget(subject)}`, true)} data-testid="inspector-edit">
              {t('edit')}
            </Button>
          )}
          <CopyButton text={text} name="YAML" />
        </span>
      </div>
      <div className={styles.code}>
        <CodeEditor text={text} label={t('label', { name: subject.key })} extensions={extensions} onView={setView} testId="inspector-yaml" />
      </div>
    </div>
  );
}
