import type { LogOptions, PodUsage, Usage } from '../../kubelet/types.ts';
import type { NetworkRequest, NetworkResult } from '../../network/types.ts';
import type { ResourceTable } from '../discovery.ts';
import type { Registry } from '../registry/registry.ts';
import type { RegistryContext, WriteOptions } from '../registry/types.ts';
import type { ResourceRequest } from '../requests/request-info.ts';
import type { TableSubject } from '../tables/table.ts';
import type { ApiResponse, KubeObject, UserInfo } from '../types.ts';

/** What the handlers of requests work with. */
export interface HandlerContext extends RegistryContext {
  registry: Registry;
  resources(): ResourceTable;
  /** The text of a container's log. @throws ApiError */
  logs(namespace: string, pod: string, options: LogOptions): string;
  /** Memory and CPU now, of a node and its pods; undefined when its kubelet does not answer. */
  usage(node: string): { pods: PodUsage[]; node: Usage } | undefined;
  /** A request of the API server itself into the cluster's network. */
  connect(request: NetworkRequest): NetworkResult;
  /** Whether a program of the control plane runs, for componentstatuses. */
  programRuns(name: string): boolean;
}

/** A subresource request with its name. */
export type SubresourceRequest = ResourceRequest & { name: string; subresource: string };

/** A subresource: what it shows, and what writing it does. */
export interface Subresource {
  name: string;
  /** Resource keys that it is for. Absent: every resource for which discovery lists it. */
  resources?: readonly string[];
  /** The kind that it shows, when that is not the resource's own. */
  subject?: TableSubject;
  /** Any method, with an answer that is not of the API server's making. */
  any?(info: SubresourceRequest, context: HandlerContext): ApiResponse;
  /** A GET that does not answer with an object. */
  serve?(info: SubresourceRequest, context: HandlerContext): ApiResponse;
  /** What GET shows and PATCH starts from. @throws ApiError */
  read?(info: SubresourceRequest, context: HandlerContext): KubeObject;
  /** A PUT, or what a PATCH has come to. @throws ApiError */
  write?(info: SubresourceRequest, object: KubeObject, context: HandlerContext, options: WriteOptions): KubeObject;
  /** A POST. @param body as the client sent it. @throws ApiError */
  create?(info: SubresourceRequest, body: KubeObject, context: HandlerContext, options: WriteOptions): ApiResponse;
}

/** A resource that is computed instead of stored: componentstatuses and the reviews. */
export interface VirtualResource {
  resource: string;
  list?(context: HandlerContext): KubeObject[];
  create?(body: KubeObject, user: UserInfo, context: HandlerContext, namespace: string | undefined): KubeObject;
}
