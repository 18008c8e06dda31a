import { FrontPage } from './_front/front-page.tsx';

export default function Page() {
  return <FrontPage />;
}
