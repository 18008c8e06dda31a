/** The cluster as a page shows it. */
import type { Page } from '@playwright/test';

export interface ClusterOnScreen {
  /** Of the API server. */
  revision: string;
  nodes: { key: string; ready: string; power: string }[];
  pods: { key: string; node: string; status: string; ready: string }[];
  /** `namespace/name`. */
  services: string[];
}

/** Everything in the cluster view, in the order of names. */
export async function clusterOn(page: Page): Promise<ClusterOnScreen> {
  return page.getByTestId('cluster-view').evaluate((view) => {
    const all = (kind: string): Record<string, string>[] =>
      [...view.querySelectorAll<HTMLElement>(`[data-testid="${kind}"]`)].map((element) => ({ ...element.dataset }) as Record<string, string>).sort((x, y) => ((x['key'] ?? '') < (y['key'] ?? '') ? -1 : 1));
    return {
      revision: (view as HTMLElement).dataset['revision'] ?? '',
      nodes: all('node').map(({ key = '', ready = '', power = '' }) => ({ key, ready, power })),
      pods: all('pod').map(({ key = '', node = '', status = '', ready = '' }) => ({ key, node, status, ready })),
      services: all('service').map(({ key = '' }) => key),
    };
  });
}
