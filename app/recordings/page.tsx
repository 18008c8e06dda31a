import { RecordingList } from '../_review/recording-list.tsx';

export default function Page() {
  return <RecordingList />;
}
