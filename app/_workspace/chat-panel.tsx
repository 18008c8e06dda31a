'use client';

export function ChatPanel() {
  return null;
}
