'use client';

/** A drawing of a cluster: one worker dies, its pods come up on the others, and it returns. A drawing only, and it says so by being one. */
import { useTranslations } from 'use-intl';
import styles from './cluster-illustration.module.css';

const WORKERS = [
  { x: 24, pods: [0, 1, 2, 3] },
  { x: 204, pods: [0, 1, 2] },
  { x: 384, pods: [0, 1, 2, 3] },
] as const;

export function ClusterIllustration() {
  const t = useTranslations('front');
  return (
    <svg className={styles.drawing} viewBox="0 0 560 430" role="img" aria-label={t('illustration')}>
      <g className={styles.control}>
        <rect x="120" y="24" width="320" height="96" rx="14" />
        {['etcd', 'api', 'sched', 'ctrl'].map((name, index) => (
          <g key={name}>
            <rect x={142 + index * 72} y="52" width="60" height="40" rx="8" className={styles.part} />
            <text x={172 + index * 72} y="77" textAnchor="middle" className={styles.partName}>
              {name}
            </text>
          </g>
        ))}
      </g>
      <g className={styles.wires}>
        {WORKERS.map(({ x }) => (
          <path key={x} d={`M244 120 C 244 170, ${x + 76} 150, ${x + 76} 206`} />
        ))}
      </g>
      <g className={styles.pulses}>
        {WORKERS.map(({ x }, index) => (
          <circle key={x} r="5" style={{ offsetPath: `path('M244 120 C 244 170, ${x + 76} 150, ${x + 76} 206')`, animationDelay: `${index * 1.3}s` }} />
        ))}
      </g>
      {WORKERS.map(({ x, pods }, worker) => (
        <g key={x} className={worker === 1 ? styles.failing : undefined}>
          <rect x={x} y="206" width="152" height="186" rx="14" className={styles.node} />
          <text x={x + 18} y="234" className={styles.nodeName}>
            worker-{worker + 1}
          </text>
          <circle cx={x + 132} cy="229" r="5" className={styles.lamp} />
          {pods.map((pod) => (
            <rect key={pod} x={x + 18 + (pod % 2) * 60} y={252 + Math.floor(pod / 2) * 62} width="54" height="52" rx="9" className={styles.pod} />
          ))}
        </g>
      ))}
    </svg>
  );
}
