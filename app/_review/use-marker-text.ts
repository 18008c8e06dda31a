'use client';

import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import type { Marker } from '../../server/recordings/types.ts';
import { ROLES, type Role } from '../../server/rooms/types.ts';
import { useDurationText } from './use-duration.ts';

/** @returns a function that words what a mark is about, without its kind and person. */
export function useMarkerText(): (marker: Marker) => string {
  const t = useTranslations('replay.markers');
  const roles = useTranslations('common.roles');
  const duration = useDurationText();
  return useCallback(
    ({ kind, text }) => {
      if (kind === 'join') return ROLES.includes(text as Role) ? roles(text as Role) : text;
      if (kind !== 'clock') return text;
      const [action, value = ''] = text.split(' ');
      switch (action) {
        case 'pause':
        case 'step':
          return t(`clock.${action}`);
        case 'jump':
          return t('clock.jump', { duration: duration(Number(value) * 1_000) });
        case 'run':
          return value === 'slow' ? t('clock.slow') : t('clock.run', { rate: value });
        default:
          return text;
      }
    },
    [t, roles, duration],
  );
}
