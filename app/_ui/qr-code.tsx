'use client';

import { create } from 'qrcode';
import { useMemo } from 'react';
import styles from './qr-code.module.css';

const QUIET_MODULES = 3;

/** A text as QR code: always dark on white, as cameras want it. @param label its name for screen readers */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { path, size } = useMemo(() => {
    const { modules } = create(text, { errorCorrectionLevel: 'M' });
    let drawn = '';
    for (let y = 0; y < modules.size; y++) for (let x = 0; x < modules.size; x++) if (modules.get(x, y)) drawn += `M${x + QUIET_MODULES} ${y + QUIET_MODULES}h1v1h-1z`;
    return { path: drawn, size: modules.size + 2 * QUIET_MODULES };
  }, [text]);
  return (
    <svg className={styles.code} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={path} fill="#0b1020" />
    </svg>
  );
}
