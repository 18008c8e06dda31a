'use client';

import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { durationParts } from './times.ts';

/** @returns a function that words a duration (ms). */
export function useDurationText(): (duration: number) => string {
  const t = useTranslations('replay.list');
  return useCallback(
    (duration) => {
      const { hours, minutes, seconds } = durationParts(duration);
      if (hours > 0) return t('durationHours', { hours, minutes });
      if (minutes > 0 && seconds === 0) return t('durationWholeMinutes', { minutes });
      return minutes > 0 ? t('durationMinutes', { minutes, seconds }) : t('durationSeconds', { seconds });
    },
    [t],
  );
}
