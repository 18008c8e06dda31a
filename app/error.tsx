'use client';

import { CircleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Button } from './_ui/button.tsx';
import { EmptyState } from './_ui/empty-state.tsx';
import { PlainPage } from './_ui/plain-page.tsx';

/** A page threw. */
export default function PageError({ reset }: { error: Error; reset(): void }) {
  const t = useTranslations('common');
  return (
    <PlainPage>
      <EmptyState page icon={<CircleAlert size={36} aria-hidden="true" />} title={t('pageFailed')} live action={<Button variant="primary" onClick={reset}>{t('reload')}</Button>}>
        {t('pageFailedHint')}
      </EmptyState>
    </PlainPage>
  );
}
