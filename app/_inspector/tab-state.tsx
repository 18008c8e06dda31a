'use client';

/** What a tab shows before it has anything: it waits, or says why it could not. */
import { CircleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../_lib/api.ts';
import { Button } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';

export function TabState({ loaded }: { loaded: { error: unknown; loading: boolean; refresh(): void } }) {
  const t = useTranslations('inspector');
  const common = useTranslations('common');
  const errorText = useErrorText();
  if (loaded.loading) return <EmptyState icon={<Spinner size={22} />} title={common('loading')} live />;
  return (
    <EmptyState icon={<CircleAlert size={26} aria-hidden="true" />} title={t('failed')} live action={<Button onClick={loaded.refresh}>{common('retry')}</Button>}>
      {errorText(loaded.error)}
    </EmptyState>
  );
}
