export const TAB_NAMES = ['overview', 'yaml', 'describe', 'events', 'logs', 'why'] as const;
export type TabName = (typeof TAB_NAMES)[number];
