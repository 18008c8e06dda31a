import type { AdmissionPlugin } from './types.ts';

const CLASSES = 'ingressclasses.networking.k8s.io';

/** `plugin/pkg/admission/network/defaultingressclass`: the newest default class for ingresses that name none. */
export const defaultIngressClass = {
  name: 'DefaultIngressClass',
  resources: ['ingresses.networking.k8s.io'],
  create(draft, { store }) {
    if (draft.spec?.ingressClassName !== undefined || draft.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return;
    const defaults = store.list(CLASSES).filter((candidate) => candidate.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true');
    defaults.sort((x, y) => Date.parse(y.metadata.creationTimestamp) - Date.parse(x.metadata.creationTimestamp) || (x.metadata.name < y.metadata.name ? -1 : 1));
    const chosen = defaults[0];
    if (chosen) draft.spec = { ...draft.spec, ingressClassName: chosen.metadata.name };
  },
} satisfies AdmissionPlugin;
