'use client';

export function EditorPanel() {
  return null;
}
