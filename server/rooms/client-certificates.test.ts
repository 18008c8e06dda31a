/** A user by client certificate in a room: the log says who asked, as the API server knew them, and holds no key. */
import { expect, it } from 'vitest';
import { testRooms } from './for-tests.ts';
import { shellBinding } from './shell-binding.ts';

it('asks in their own name, and in the log they stand by it', async () => {
  const { rooms, store } = testRooms(undefined, shellBinding);
  try {
    const { roomId, me } = await rooms.create({ roomName: 'Monday', name: 'Grace', address: '192.0.2.1' });
    const room = await rooms.wake(roomId);
    const run = async (line: string): Promise<string> => {
      const { stdout, stderr } = await room.runInShell(me.id, `cd /home/${room.people.accountOf(me.id)}\n${line}`);
      return stdout + stderr;
    };
    const csr = 'apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: jane}\nspec: {request: $(base64 -w0 jane.csr), signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}';
    expect(await run(`openssl genrsa -out jane.key 2048; openssl req -new -key jane.key -out jane.csr -subj /CN=jane/O=developers\nkubectl apply -f - <<EOF\n${csr}\nEOF\nkubectl certificate approve jane`)).toContain('jane approved');
    const instructor = room.people.get(me.id);
    if (!instructor) throw new Error('the instructor is gone');
    await room.controlClock(instructor, { action: 'jump', seconds: 5 });
    // A shell has a kubeconfig for as long as it lives.
    const output = await run("kubectl get csr jane -o jsonpath='{.status.certificate}' | base64 -d > jane.crt; kubectl config set-credentials jane --client-certificate=jane.crt --client-key=jane.key --embed-certs; kubectl config set-context jane --cluster=quorum --user=jane\nkubectl create configmap c --context jane; kubectl create rolebinding developers --clusterrole=edit --group=developers; kubectl create configmap c --context jane");
    expect(output).toContain('error: failed to create configmap: configmaps is forbidden: User "jane" cannot create resource "configmaps" in API group "" in the namespace "default"\n');
    expect(output).toContain('configmap/c created\n');
    const entries = JSON.stringify(await store.logEntries(roomId, 0, 1_000));
    expect(entries).toContain('"username":"jane","groups":["developers","system:authenticated"]');
    expect(entries).not.toContain('PRIVATE KEY');
    // The certificate is in the object that the cluster signed, and nowhere beside a request.
    expect(entries).not.toContain('"credentials"');
  } finally {
    await rooms.close();
  }
});
