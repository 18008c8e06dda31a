/**
 * The Kubernetes API as the simulation serves it: requests and responses in the terms of HTTP, as plain data.
 * kubectl in the terminal, the HTTP API and the room's log all use these same shapes.
 */

/** Who asks. Filled in by the server from the participant or component, never by the client. */
export interface UserInfo {
  username: string;
  uid?: string;
  groups: string[];
  /** What else is known, such as the pod that a token is bound to. */
  extra?: Record<string, string[]>;
}

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path without query, e.g. `/api/v1/namespaces/default/pods/web`. */
  path: string;
  query?: Record<string, string>;
  /** JSON value of the body (already parsed), or absent. */
  body?: unknown;
  /** The body could not be read: what is wrong with it, and how it begins. The API server refuses it, naming the kind that it wanted. */
  malformed?: { problem: string; summary: string };
  /** Whom the user wants to act as (`Impersonate-User`, `Impersonate-Group`). */
  impersonate?: UserInfo;
  /** MIME type of the body; for PATCH it selects the patch kind. Default `application/json`. */
  contentType?: string;
  /** e.g. `application/json;as=Table;v=v1;g=meta.k8s.io`. Default `application/json`. */
  accept?: string;
  user: UserInfo;
  /** e.g. `kubectl-create`; becomes the field manager when `fieldManager` is not in the query. */
  userAgent?: string;
  /** Headers for what is behind a proxy; the API server itself looks at none of them. */
  headers?: Record<string, string>;
}

export interface ApiResponse {
  status: number;
  /** The object, list, Table or Status; a string for text subresources such as `log`. */
  body: unknown;
  /** Values of `Warning:` headers, which kubectl prints as `Warning: …`. */
  warnings?: string[];
  /** Further headers, of what a proxy passed on. */
  headers?: [string, string][];
  /** MIME type of a text body. Default `text/plain`. */
  contentType?: string;
  /** Virtual milliseconds that the answer takes, where that is more than the API server itself. */
  elapsedMs?: number;
}

/** A `Status` object as the API server returns for failures. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  /** Of an expired list: the token with which to go on regardless. */
  metadata: { continue?: string };
  status: 'Failure' | 'Success';
  message: string;
  reason: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    uid?: string;
    causes?: { reason?: string; message?: string; field?: string }[];
    retryAfterSeconds?: number;
  };
  code: number;
}

/** Raised by everything below the request handler; becomes the response. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(readonly status: Status) {
    super(status.message);
  }
  get code(): number {
    return this.status.code;
  }
  get reason(): string {
    return this.status.reason;
  }
}

/** The connection itself failed: nothing answered. kubectl words this, not the API server. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  constructor(
    /** `refused`: the host answered that nothing listens; `timeout`: nothing came back. */
    readonly kind: 'refused' | 'timeout',
    /** `host:port` that was asked. */
    readonly address: string,
  ) {
    super(kind === 'refused' ? `dial tcp ${address}: connect: connection refused` : `dial tcp ${address}: i/o timeout`);
  }
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
}

/** Any API object. Stored objects are immutable: to change one, make a new one that shares what stays. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  // Kinds are data here (see facts/schema.json); code that knows a kind narrows with the types in kinds.ts.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  [field: string]: any;
}

/** A served resource, from facts/resources.json. */
export interface Resource {
  /** `''` for the core group. */
  group: string;
  version: string;
  kind: string;
  /** Plural name, e.g. `pods`. */
  plural: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  verbs: string[];
  subresources: string[];
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One write as the watch history keeps it. */
export interface WatchEvent {
  type: WatchEventType;
  /** `plural` for the core group, else `plural.group`: the key of a resource throughout the simulation. */
  resource: string;
  /** `namespace/name`, or `name` for cluster-scoped objects. */
  key: string;
  object: KubeObject;
  /** The object before this write; absent for ADDED. Selector watches need it. */
  previous?: KubeObject;
  revision: number;
  /** Which component or participant wrote, e.g. `deployment-controller`, `kubelet worker-1`, `kubectl alice`. */
  writer: string;
  cause: { kind: 'input' | 'write' | 'timer' | 'boot'; id: number };
  /** Virtual time of the write, ms. */
  time: number;
}
