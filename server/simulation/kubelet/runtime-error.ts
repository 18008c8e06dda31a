/** A request of the kubelet failed; the message is containerd's. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}
