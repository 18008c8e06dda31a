'use client';

export function FaultPalette() {
  return null;
}
