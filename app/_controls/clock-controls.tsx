'use client';

export function ClockControls(_: { compact: boolean }) {
  return null;
}
