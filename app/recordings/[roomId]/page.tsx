import { ReviewPage } from '../../_review/review-page.tsx';

export default async function Page({ params }: { params: Promise<{ roomId: string }> }) {
  return <ReviewPage roomId={(await params).roomId} />;
}
