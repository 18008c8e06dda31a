import { JoinPage } from '../../_front/join-page.tsx';

export default async function Page({ params }: { params: Promise<{ roomId: string }> }) {
  return <JoinPage roomId={(await params).roomId} />;
}
