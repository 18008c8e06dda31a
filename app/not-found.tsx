import { Compass } from 'lucide-react';
import { cookies, headers } from 'next/headers';
import Link from 'next/link';
import { MESSAGES } from './_messages/index.ts';
import { chooseLocale, LOCALE_COOKIE } from './_lib/preferences.ts';
import { Button } from './_ui/button.tsx';
import { EmptyState } from './_ui/empty-state.tsx';
import { PlainPage } from './_ui/plain-page.tsx';

export default async function NotFound() {
  const { common } = MESSAGES[chooseLocale((await cookies()).get(LOCALE_COOKIE)?.value, (await headers()).get('accept-language'))];
  return (
    <PlainPage>
      <EmptyState page icon={<Compass size={36} aria-hidden="true" />} title={common.notFound} action={<Button asChild variant="primary"><Link href="/">{common.home}</Link></Button>}>
        {common.notFoundHint}
      </EmptyState>
    </PlainPage>
  );
}
