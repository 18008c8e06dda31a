'use client';

export function ConnectionBanner() {
  return null;
}
