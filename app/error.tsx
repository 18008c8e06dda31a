'use client';

import { useTranslations } from 'use-intl';
import { Button } from './_ui/button.tsx';
import { EmptyState } from './_ui/empty-state.tsx';

/** A page threw. */
export default function PageError({ reset }: { error: Error; reset(): void }) {
  const t = useTranslations('common');
  return (
    <main style={{ height: '100dvh' }}>
      <EmptyState page title={t('pageFailed')} live action={<Button onClick={reset}>{t('reload')}</Button>}>
        {t('pageFailedHint')}
      </EmptyState>
    </main>
  );
}
