'use client';

export function ClusterPanel() {
  return null;
}
