'use client';

/** What of the cluster is shown: search, namespace, system. Beside it, how the pods are in numbers. */
import { Check, ChevronDown, Search, X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { classes } from '../_ui/classes.ts';
import { Menu, MenuItem } from '../_ui/menu.tsx';
import { ToneMark } from '../_ui/status.tsx';
import { TONES } from './model/pod-state.ts';
import type { Scene, Scope } from './model/scene.ts';
import styles from './toolbar.module.css';

interface ToolbarProps {
  scene: Scene;
  scope: Scope;
  onScope(scope: Scope): void;
  search: string;
  onSearch(text: string): void;
  /** Pods that the search found; undefined when nothing is searched for. */
  found: number | undefined;
}

export function Toolbar({ scene, scope, onScope, search, onSearch, found }: ToolbarProps) {
  const t = useTranslations('cluster.toolbar');
  const tones = useTranslations('cluster.tones');
  return (
    <div className={styles.toolbar} role="toolbar" aria-label={t('label')}>
      <label className={styles.search}>
        <Search size={14} aria-hidden="true" />
        <span className="visually-hidden">{t('search')}</span>
        <input type="text" inputMode="search" value={search} placeholder={t('searchPlaceholder')} onChange={(event) => onSearch(event.target.value)} onKeyDown={(event) => event.key === 'Escape' && onSearch('')} data-testid="cluster-search" />
        {search !== '' && (
          <button type="button" className={styles.clear} aria-label={t('clear')} onClick={() => onSearch('')}>
            <X size={13} aria-hidden="true" />
          </button>
        )}
      </label>
      <Menu
        align="start"
        trigger={
          <button type="button" className={classes(styles.namespace, scope.namespace !== null && styles.chosen)} aria-label={t('namespace', { name: scope.namespace ?? t('allNamespaces') })} data-testid="cluster-namespace">
            {scope.namespace ?? t('allNamespaces')}
            <ChevronDown size={13} aria-hidden="true" />
          </button>
        }
      >
        {[null, ...scene.namespaces].map((namespace) => (
          <MenuItem key={namespace ?? ''} icon={namespace === scope.namespace && <Check size={15} aria-hidden="true" />} onSelect={() => onScope({ ...scope, namespace })}>
            {namespace ?? t('allNamespaces')}
          </MenuItem>
        ))}
      </Menu>
      <button type="button" className={classes(styles.system, scope.system && styles.chosen)} aria-pressed={scope.system} onClick={() => onScope({ ...scope, system: !scope.system })} data-testid="show-system" title={t('systemHint')}>
        {t('system')}
      </button>
      <p className={styles.counts} aria-live="off">
        {found === undefined ? (
          <>
            <span className={styles.total}>{t('pods', { count: scene.podCount })}</span>
            {TONES.filter((tone) => scene.tones[tone] > 0).map((tone) => (
              <span key={tone} className={styles.tone} data-tone={tone} title={tones(tone)}>
                <ToneMark tone={tone} size={9} />
                {scene.tones[tone]}
                <span className="visually-hidden">{tones(tone)}</span>
              </span>
            ))}
          </>
        ) : (
          <span className={styles.total}>{t('found', { count: found })}</span>
        )}
      </p>
    </div>
  );
}
