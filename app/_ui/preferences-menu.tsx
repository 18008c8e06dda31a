'use client';

import { SlidersHorizontal } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { LOCALES, THEMES } from '../_lib/preferences.ts';
import { usePreferences } from '../_lib/providers.tsx';
import { IconButton } from './button.tsx';
import { Menu, MenuChoice, MenuSeparator } from './menu.tsx';

/** Language and appearance. */
export function PreferencesMenu() {
  const t = useTranslations('common');
  const { locale, setLocale, theme, setTheme } = usePreferences();
  return (
    <Menu
      trigger={
        <IconButton label={t('preferences')} data-testid="preferences">
          <SlidersHorizontal size={18} aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuChoice label={t('language')} value={locale} choices={LOCALES.map((value) => ({ value, label: t(`localeNames.${value}`) }))} onChange={setLocale} />
      <MenuSeparator />
      <MenuChoice label={t('theme')} value={theme} choices={THEMES.map((value) => ({ value, label: t(`themes.${value}`) }))} onChange={setTheme} />
    </Menu>
  );
}
