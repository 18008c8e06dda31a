'use client';

export function ShareButton(_: { compact: boolean }) {
  return null;
}
