'use client';

export function TerminalDock(_: { onDashboard?(): void }) {
  return null;
}
