'use client';

export function NotesPanel() {
  return null;
}
