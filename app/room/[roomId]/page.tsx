import { RoomPage } from '../../_room/room-page.tsx';

export default async function Page({ params }: { params: Promise<{ roomId: string }> }) {
  return <RoomPage roomId={(await params).roomId} />;
}
