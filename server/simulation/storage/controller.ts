/**
 * The controller of one volume driver: makes volumes for claims, deletes what is released, attaches and grows volumes. It
 * runs while a container somewhere runs its program. Models sig-storage-lib-external-provisioner, external-attacher and
 * external-resizer.
 */
import type { Client } from '../apiserver/client.ts';
import { parseQuantity } from '../apiserver/quantity.ts';
import { rfc3339 } from '../apiserver/tables/duration.ts';
import { ApiError, ConnectionError, type KubeObject } from '../apiserver/types.ts';
import { Component, type Change, type ComponentContext, type WatchSpec } from '../component.ts';
import { claimSpec, CLAIMS, CLASSES, SELECTED_NODE, volumeSpec, VOLUMES } from '../controllers/volume-matching.ts';
import { splitKey } from '../controllers/types.ts';
import { EventRecorder, newRecorderState, type RecorderState } from '../events.ts';
import type { Cause } from '../kernel/kernel.ts';
import { enqueue, enqueueAt, enqueueRateLimited, forget, newWorkQueue, promote, take, type WorkQueueState } from '../workqueue.ts';
import { ATTACHMENTS, isShared, type AttachmentSpec } from './attachments.ts';
import { DriverError, type StorageWorld, type VolumeDriver } from './types.ts';

const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
const PROVISIONER_ANNOTATIONS = ['volume.kubernetes.io/storage-provisioner', 'volume.beta.kubernetes.io/storage-provisioner'];
/** A failed call of a driver is tried again after so long at first (`--retry-interval-start`). */
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 300_000;

interface ControllerState {
  /** Machines on which the program runs, in the order in which it was started; the first has the lease. */
  homes: string[];
  /** Made up by the process that leads. */
  identity: string;
  /** Host name of that process. */
  host: string;
  queue: WorkQueueState;
  provisioner: RecorderState;
  resizer: RecorderState;
  /** Failed calls by key. */
  failures: Map<string, number>;
  /** When an attachment that is under way is done, ms, by name. */
  attaching: Map<string, number>;
}

export interface StorageControllerOptions {
  driver: VolumeDriver;
  world: StorageWorld;
  /** A client on the machine that `home` names now. */
  client(home: () => string): Client;
  /** Host name that the program sees on a machine. */
  hostName(node: string): string;
}

export class StorageController extends Component<ControllerState> {
  readonly watches: WatchSpec[];
  readonly #driver: VolumeDriver;
  readonly #options: StorageControllerOptions;
  #recorders: { host: string; provisioner: EventRecorder; resizer: EventRecorder } | undefined;

  constructor(context: ComponentContext, options: StorageControllerOptions) {
    let home = (): string => context.environment.controlPlaneNode;
    super(`volumes ${options.driver.name}`, context.environment.controlPlaneNode, context, options.client(() => home()));
    home = () => this.home;
    this.#driver = options.driver;
    this.#options = options;
    this.watches = [{ resource: CLAIMS }, { resource: VOLUMES }, { resource: CLASSES }, ...(options.driver.attachMs === undefined ? [] : [{ resource: ATTACHMENTS }])];
  }

  protected initial(): ControllerState {
    return { homes: [], identity: '', host: '', queue: newWorkQueue(), provisioner: newRecorderState(), resizer: newRecorderState(), failures: new Map(), attaching: new Map() };
  }

  /** Machine on which the instance runs that does the work. */
  get home(): string {
    return this.state?.own.homes[0] ?? this.context.environment.controlPlaneNode;
  }

  /** A container with the program runs on a machine now. */
  startedOn(node: string): void {
    if (!this.state.running) {
      this.start();
      this.own.identity = this.context.kernel.random.uuid();
    }
    this.own.homes.push(node);
  }

  stoppedOn(node: string): void {
    const { homes } = this.own;
    const index = homes.indexOf(node);
    if (index < 0) return;
    homes.splice(index, 1);
    if (homes.length === 0) return this.stop();
    if (index > 0) return;
    this.own.identity = this.context.kernel.random.uuid();
    this.own.host = '';
  }

  protected changed({ type, resource, object, cause }: Change): void {
    if (type === 'DELETED') return;
    const { queue } = this.own;
    const { namespace, name } = object.metadata;
    switch (resource) {
      case CLAIMS:
        return enqueue(queue, `claim ${namespace}/${name}`, cause);
      case VOLUMES:
        return enqueue(queue, `volume ${name}`, cause);
      case ATTACHMENTS:
        if ((object.spec as AttachmentSpec).attacher === this.#driver.name) enqueue(queue, `attachment ${name}`, cause);
        return;
      default:
        for (const claim of this.cachedAll(CLAIMS)) if (claimSpec(claim).storageClassName === name) enqueue(queue, `claim ${claim.metadata.namespace}/${claim.metadata.name}`, cause);
    }
  }

  protected work(connected: boolean): void {
    if (!connected) return;
    const { queue } = this.own;
    promote(queue, this.now);
    for (let entry = take(queue, this.now); entry; entry = take(queue, this.now)) this.#sync(...entry);
    let next: number | undefined;
    for (const { time } of queue.delayed.values()) if (next === undefined || time < next) next = time;
    if (next !== undefined) this.wakeAt(next);
  }

  #sync(key: string, cause: Cause): void {
    const { kernel } = this.context;
    const { queue, failures } = this.own;
    kernel.cause = cause;
    const space = key.indexOf(' ');
    const [kind, name] = [key.slice(0, space), key.slice(space + 1)];
    try {
      if (kind === 'claim') this.#claim(name);
      else if (kind === 'volume') this.#volume(name);
      else this.#attachment(key, name);
      forget(queue, key);
      failures.delete(key);
    } catch (error) {
      if (error instanceof DriverError) {
        const failed = failures.get(key) ?? 0;
        failures.set(key, failed + 1);
        enqueueAt(queue, key, this.now + Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** Math.min(failed, 20)), cause);
      } else if (error instanceof ApiError || error instanceof ConnectionError) enqueueRateLimited(queue, key, this.now, cause);
      else throw error;
    }
  }

  get #events(): { provisioner: EventRecorder; resizer: EventRecorder } {
    this.own.host ||= this.#options.hostName(this.home);
    if (this.#recorders?.host === `${this.own.host} ${this.own.identity}`) return this.#recorders;
    const recorder = (component: string, state: () => RecorderState): EventRecorder => new EventRecorder(this.client, { component }, state, () => this.now);
    this.#recorders = {
      host: `${this.own.host} ${this.own.identity}`,
      provisioner: recorder(`${this.#driver.name}_${this.own.host}_${this.own.identity}`, () => this.own.provisioner),
      resizer: recorder(`external-resizer ${this.#driver.name}`, () => this.own.resizer),
    };
    return this.#recorders;
  }

  // ---- claims ----

  #claim(key: string): void {
    const { namespace, name } = splitKey(key);
    const claim = this.client.get(CLAIMS, namespace, name);
    if (!claim || claim.metadata.deletionTimestamp) return;
    if (claimSpec(claim).volumeName) return this.#grow(claim);
    const { annotations } = claim.metadata;
    if (!PROVISIONER_ANNOTATIONS.some((annotation) => annotations?.[annotation] === this.#driver.name)) return;
    const storageClass = this.cached(CLASSES, undefined, claimSpec(claim).storageClassName ?? '');
    if (storageClass?.provisioner !== this.#driver.name) return;
    const node = annotations?.[SELECTED_NODE];
    if (storageClass.volumeBindingMode === 'WaitForFirstConsumer' && node === undefined) return;
    const volumeName = `pvc-${claim.metadata.uid}`;
    if (this.client.get(VOLUMES, undefined, volumeName)) return;
    this.#provision(claim, storageClass, volumeName, node);
  }

  #provision(claim: KubeObject, storageClass: KubeObject, name: string, node: string | undefined): void {
    const { provisioner } = this.#events;
    const { namespace, uid, resourceVersion } = claim.metadata;
    const { accessModes, resources, volumeMode } = claimSpec(claim);
    provisioner.event(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${namespace}/${claim.metadata.name}"`);
    let made;
    try {
      made = this.#driver.provision({ claim, storageClass, name, node, home: this.home, identity: this.own.identity, now: this.now }, this.#options.world);
    } catch (error) {
      if (error instanceof DriverError) provisioner.event(claim, 'Warning', 'ProvisioningFailed', `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${error.message}`);
      throw error;
    }
    this.client.create(VOLUMES, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, annotations: { ...made.annotations, [PROVISIONED_BY]: this.#driver.name }, ...(made.finalizers ? { finalizers: made.finalizers } : {}) },
      spec: {
        accessModes,
        capacity: { storage: resources?.requests?.storage },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: claim.metadata.name, namespace, resourceVersion, uid },
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
        storageClassName: storageClass.metadata.name,
        ...((storageClass.mountOptions as string[] | undefined)?.length ? { mountOptions: storageClass.mountOptions } : {}),
        volumeMode: volumeMode ?? 'Filesystem',
        ...made.spec,
      },
    });
    provisioner.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
  }

  /** external-resizer: the disk grows at once, its file system when the kubelet gets to it. */
  #grow(claim: KubeObject): void {
    const wanted = claimSpec(claim).resources?.requests?.storage;
    const { name } = claim.metadata;
    const volume = this.client.get(VOLUMES, undefined, claimSpec(claim).volumeName as string);
    if (!this.#driver.expands || !volume || wanted === undefined || (claim.status as { phase?: string } | undefined)?.phase !== 'Bound') return;
    if ((volumeSpec(volume) as { csi?: { driver: string } }).csi?.driver !== this.#driver.name) return;
    const before = volumeSpec(volume).capacity?.storage ?? '0';
    if (parseQuantity(wanted).compare(parseQuantity(before)) <= 0) return;
    const { resizer } = this.#events;
    const condition = (type: string, message?: string): object => ({ lastProbeTime: null, lastTransitionTime: rfc3339(this.now), ...(message ? { message } : {}), status: 'True', type });
    const setStatus = (status: object): void => {
      this.client.patch(CLAIMS, claim.metadata.namespace, name, (current) => ({ ...current, status: { ...(current.status as object), allocatedResources: { storage: wanted }, ...status } }), 'status');
    };
    setStatus({ allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' }, conditions: [condition('Resizing')] });
    resizer.event(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${volume.metadata.name}`);
    this.client.patch(VOLUMES, undefined, volume.metadata.name, (current) => ({ ...current, spec: { ...(current.spec as object), capacity: { storage: wanted } } }));
    setStatus({ allocatedResourceStatuses: { storage: 'NodeResizePending' }, conditions: [condition('FileSystemResizePending', 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.')] });
    resizer.event(claim, 'Normal', 'FileSystemResizeRequired', 'Require file system resize of volume on node');
  }

  // ---- volumes ----

  #volume(name: string): void {
    const volume = this.client.get(VOLUMES, undefined, name);
    if (!volume || volume.metadata.annotations?.[PROVISIONED_BY] !== this.#driver.name) return;
    const { phase } = (volume.status ?? {}) as { phase?: string };
    const { finalizers = [] } = volume.metadata;
    const own = finalizers.filter((finalizer) => finalizer.startsWith('external-provisioner.'));
    if (phase !== 'Released' && !(volume.metadata.deletionTimestamp && phase === 'Failed')) return;
    if (volumeSpec(volume).persistentVolumeReclaimPolicy !== 'Delete') return;
    try {
      for (const attachment of this.cachedAll(ATTACHMENTS)) {
        const { source, nodeName } = attachment.spec as AttachmentSpec;
        if (source.persistentVolumeName === name) throw new DriverError(`persistentvolume ${name} is still attached to node ${nodeName}`);
      }
      if (!this.#driver.delete(volume, { home: this.home, identity: this.own.identity }, this.#options.world)) return;
    } catch (error) {
      if (error instanceof DriverError) this.#events.provisioner.event(volume, 'Warning', 'VolumeFailedDelete', error.message);
      throw error;
    }
    if (!volume.metadata.deletionTimestamp) this.client.delete(VOLUMES, undefined, name);
    if (own.length > 0) this.#dropFinalizers(VOLUMES, name, own);
  }

  #dropFinalizers(resource: string, name: string, gone: string[]): void {
    if (!this.client.get(resource, undefined, name)) return;
    this.client.patch(resource, undefined, name, (current) => {
      const { finalizers = [], ...metadata } = current.metadata;
      const rest = finalizers.filter((finalizer) => !gone.includes(finalizer));
      return rest.length === finalizers.length ? current : { ...current, metadata: rest.length > 0 ? { ...metadata, finalizers: rest } : metadata };
    });
  }

  // ---- attachments ----

  #attachment(key: string, name: string): void {
    const attachment = this.client.get(ATTACHMENTS, undefined, name);
    if (!attachment) return void this.own.attaching.delete(name);
    const finalizer = `external-attacher/${this.#driver.name.replaceAll('.', '-')}`;
    const { nodeName, source } = attachment.spec as AttachmentSpec;
    const { attached = false } = (attachment.status ?? {}) as { attached?: boolean };
    const { deletionTimestamp, finalizers = [] } = attachment.metadata;
    const volume = this.client.get(VOLUMES, undefined, source.persistentVolumeName);
    const handle = (volume?.spec as { csi?: { volumeHandle: string } } | undefined)?.csi?.volumeHandle;
    if (!deletionTimestamp && attached) return;
    if (deletionTimestamp && !finalizers.includes(finalizer)) return;
    if (!deletionTimestamp && !finalizers.includes(finalizer)) {
      this.client.patch(ATTACHMENTS, undefined, name, (current) => ({ ...current, metadata: { ...current.metadata, finalizers: [...finalizers, finalizer] } }));
      if (volume && !volume.metadata.finalizers?.includes(finalizer)) this.client.patch(VOLUMES, undefined, volume.metadata.name, (current) => ({ ...current, metadata: { ...current.metadata, finalizers: [...(current.metadata.finalizers ?? []), finalizer] } }));
    }
    const { attaching, queue } = this.own;
    const step = `${deletionTimestamp ? 'detach' : 'attach'} ${name}`;
    const done = attaching.get(step) ?? this.now + (this.#driver.attachMs ?? 0);
    attaching.set(step, done);
    if (done > this.now) return enqueueAt(queue, key, done, this.context.kernel.cause);
    attaching.delete(step);
    if (deletionTimestamp) {
      if (handle) this.#options.world.disks.detach(handle, nodeName);
      this.#dropFinalizers(ATTACHMENTS, name, [finalizer]);
      const others = [...this.cachedAll(ATTACHMENTS)].some((other) => other.metadata.name !== name && (other.spec as AttachmentSpec).source.persistentVolumeName === source.persistentVolumeName);
      if (!others) this.#dropFinalizers(VOLUMES, source.persistentVolumeName, [finalizer]);
      if (volume) enqueue(queue, `volume ${volume.metadata.name}`, this.context.kernel.cause);
      return;
    }
    const setStatus = (status: object): void => void this.client.patch(ATTACHMENTS, undefined, name, (current) => ({ ...current, status }), 'status');
    try {
      if (!volume || !handle) throw new DriverError(`persistentvolume "${source.persistentVolumeName}" not found`);
      this.#options.world.disks.attach(handle, nodeName, isShared(volume));
    } catch (error) {
      if (error instanceof DriverError) setStatus({ attached: false, attachError: { message: error.message, time: rfc3339(this.now) } });
      throw error;
    }
    setStatus({ attached: true });
  }
}
