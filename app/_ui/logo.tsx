/** The mark: three who are one. Decorative; the name stands beside it. @param size pixels */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" strokeWidth="2.4" strokeLinecap="round">
        <path d="M16 7.5v5.2M8.6 20.6l4.6-2.7M23.4 20.6l-4.6-2.7" opacity=".75" />
      </g>
      <g fill="var(--on-accent)">
        <circle cx="16" cy="16" r="3.4" />
        <circle cx="16" cy="6.6" r="2.7" />
        <circle cx="7.6" cy="21.2" r="2.7" />
        <circle cx="24.4" cy="21.2" r="2.7" />
      </g>
    </svg>
  );
}
