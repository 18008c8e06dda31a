/** «Use your own kubectl»: the kubeconfig of a participant, under `/api/kubeconfig`, for whoever has the participant's token. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import { TLS_SERVER_NAME } from './certificate.ts';
import { KUBE_API_PATH } from './kubeapi/kube-api.ts';
import { isRoomError } from './rooms/errors.ts';
import type { RoomsService } from './rooms/service.ts';

export const KUBECONFIG_PATH = '/api/kubeconfig';

const HOST = /^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$/;

export interface KubeconfigParts {
  /** `host:port` by which the client reached us. */
  host: string;
  /** A proxy in front has a certificate of its own. */
  proxied: boolean;
  /** PEM of our own certificate; without it there is no TLS. */
  certificate: string | undefined;
  roomId: string;
  user: string;
  token: string;
  /** Names in the file; by default those of the room. */
  cluster?: string;
  context?: string;
}

export function kubeconfig({ host, proxied, certificate, roomId, user, token, cluster: name = `quorum-${roomId}`, context = name }: KubeconfigParts): string {
  const secure = proxied || certificate !== undefined;
  const trust = !proxied && certificate !== undefined ? { 'certificate-authority-data': Buffer.from(certificate).toString('base64'), 'tls-server-name': TLS_SERVER_NAME } : {};
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: `http${secure ? 's' : ''}://${host}${KUBE_API_PATH}${roomId}`, ...trust } }],
      users: [{ name: user, user: { token } }],
      contexts: [{ name: context, context: { cluster: name, user } }],
      'current-context': context,
    },
    { lineWidth: 0 },
  );
}

/** Answers a request for a kubeconfig. @param certificate PEM. */
export async function handleKubeconfig(rooms: RoomsService, request: IncomingMessage, response: ServerResponse, token: string | undefined, certificate: string | undefined, trustProxy: boolean): Promise<void> {
  const refuse = (status: number, message: string): void => {
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
    response.end(`${message}\n`);
  };
  if (request.method !== 'GET') return refuse(405, 'Only GET is possible here.');
  if (token === undefined) return refuse(401, 'This needs the token of a participant.');
  const host = (trustProxy ? first(request.headers['x-forwarded-host']) : undefined) ?? request.headers.host ?? '';
  if (!HOST.test(host)) return refuse(400, 'The request names no host.');
  try {
    const { roomId, username } = await rooms.identify(token);
    const proxied = trustProxy && first(request.headers['x-forwarded-proto']) === 'https';
    response.writeHead(200, { 'Content-Type': 'application/yaml; charset=utf-8', 'Cache-Control': 'no-store', 'Content-Disposition': `attachment; filename="quorum-${roomId}.yaml"` });
    response.end(kubeconfig({ host, proxied, certificate, roomId, user: username, token }));
  } catch (error) {
    if (isRoomError(error)) return refuse(error.code === 'token-invalid' ? 401 : 503, error.message);
    return refuse(500, 'The kubeconfig could not be made.');
  }
}

function first(header: string | string[] | undefined): string | undefined {
  return (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim() || undefined;
}
