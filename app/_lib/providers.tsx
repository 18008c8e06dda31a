'use client';

/** What every page needs: language, theme, tooltips, notices. */
import { Tooltip } from 'radix-ui';
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { IntlProvider } from 'use-intl';
import { MESSAGES } from '../_messages/index.ts';
import { Notices } from '../_ui/notices.tsx';
import { LOCALE_COOKIE, rememberPreference, THEME_COOKIE, type Locale, type Theme } from './preferences.ts';

interface Preferences {
  locale: Locale;
  setLocale(locale: Locale): void;
  theme: Theme;
  setTheme(theme: Theme): void;
}

const PreferencesContext = createContext<Preferences | undefined>(undefined);

export function usePreferences(): Preferences {
  const preferences = use(PreferencesContext);
  if (!preferences) throw new Error('usePreferences needs Providers');
  return preferences;
}

export function Providers({ initialLocale, initialTheme, children }: { initialLocale: Locale; initialTheme: Theme; children: ReactNode }) {
  const [locale, setLocaleState] = useState(initialLocale);
  const [theme, setThemeState] = useState(initialTheme);
  const setLocale = useCallback((next: Locale) => {
    rememberPreference(LOCALE_COOKIE, next);
    document.documentElement.lang = next;
    setLocaleState(next);
  }, []);
  const setTheme = useCallback((next: Theme) => {
    rememberPreference(THEME_COOKIE, next);
    document.documentElement.dataset.theme = next;
    setThemeState(next);
  }, []);
  const preferences = useMemo(() => ({ locale, setLocale, theme, setTheme }), [locale, setLocale, theme, setTheme]);
  return (
    <PreferencesContext value={preferences}>
      {/* Times are shown in UTC, as the cluster's own clock is. */}
      <IntlProvider locale={locale} messages={MESSAGES[locale]} timeZone="UTC">
        <Tooltip.Provider delayDuration={400} skipDelayDuration={200}>
          <Notices>{children}</Notices>
        </Tooltip.Provider>
      </IntlProvider>
    </PreferencesContext>
  );
}
