'use client';

/**
 * Moves what travels: a write from its writer to the API server, into etcd, and the news of it to those who watch. It works on the map's
 * elements directly and not through React: what flies is many and short-lived, and no part of the view's state.
 */
import type { WriteRow } from '../../server/rooms/projection/types.ts';
import { actorOf, watchersOf, type ActorKind } from './model/actor.ts';
import { captionOf, kindOf } from './model/caption.ts';
import { Pace, type Beat, type PaceMode } from './model/pace.ts';
import { HUB, NODE_STATION, lengthOf, type Box, type Point, type Routes } from './model/routes.ts';
import styles from './stage.module.css';

/** Things in the air at once; more are not told apart, and cost frames. */
const MAX_FLYING = 90;
/** News fans out to at most this many nodes; to the others it goes unseen. */
const MAX_FAN = 24;

export interface StageView {
  map: HTMLElement;
  layer: HTMLElement;
  routes: Routes;
  nodes: readonly string[];
}

export class Stage {
  readonly #pace = new Pace();
  readonly #listeners = new Set<() => void>();
  #view: StageView | undefined;
  #mode: PaceMode = 'flow';
  #still = false;
  #frame = 0;
  #flying = 0;
  #beat: Beat | undefined;

  /** What is being shown, for the caption. */
  get beat(): Beat | undefined {
    return this.#beat;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @param still nothing flies: reduced motion. What is touched is still pointed out, and the caption told. */
  set(view: StageView | undefined, mode: PaceMode, still: boolean): void {
    this.#view = view;
    this.#mode = mode;
    this.#still = still;
  }

  show(writes: readonly WriteRow[]): void {
    // A page that nobody sees gets no frames: it would show everything at once when it comes back.
    if (document.hidden) return;
    this.#pace.add(writes);
    if (this.#frame === 0 && this.#pace.waiting > 0) this.#frame = requestAnimationFrame(this.#tick);
  }

  /** Forgets what has not been shown: the screen is at another time. */
  clear(): void {
    this.#pace.clear();
    this.#say(undefined);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#pace.clear();
    this.#view?.layer.replaceChildren();
    this.#flying = 0;
  }

  readonly #tick = (now: number): void => {
    const beat = this.#pace.take(now, this.#mode);
    if (beat) {
      this.#say(beat);
      this.#play(beat);
    }
    this.#frame = this.#pace.waiting > 0 ? requestAnimationFrame(this.#tick) : 0;
  };

  #say(beat: Beat | undefined): void {
    this.#beat = beat;
    for (const listener of this.#listeners) listener();
  }

  #play(beat: Beat): void {
    const { write, legMs } = beat;
    const actor = actorOf(write);
    this.#act(actor.station, actor.kind === 'client' ? (write.person ?? '') : actor.program, actor.kind, legMs);
    if (this.#still || !this.#view) {
      this.#touch(write, 0);
      return;
    }
    const { routes, nodes } = this.#view;
    const label = this.#mode === 'single' ? labelOf(write) : undefined;
    let delay = 0;
    const way = routes.toHub(actor.station);
    if (way) {
      this.#fly(way, { kind: actor.kind, delay, duration: legMs, label, count: beat.count });
      delay += legMs;
    }
    this.#glow(HUB, delay, legMs);
    const store = routes.fromHub('etcd');
    if (store) {
      this.#fly(store, { kind: 'store', delay: delay + 30, duration: legMs * 0.6 });
      this.#glow('etcd', delay + 30 + legMs * 0.6, legMs);
      delay += 30 + legMs * 0.6;
    }
    this.#touch(write, delay);
    const watchers = watchersOf(write, nodes).slice(0, MAX_FAN);
    for (const watcher of watchers) {
      const out = routes.fromHub(watcher);
      if (!out) continue;
      const duration = Math.min(legMs * 1.3, Math.max(legMs, lengthOf(out)));
      this.#fly(out, { kind: 'news', delay: delay + 40, duration });
      this.#lamp(watcher, write, delay + 40 + duration);
    }
  }

  #fly(points: Point[], options: { kind: ActorKind | 'store' | 'news'; delay: number; duration: number; label?: string | undefined; count?: number }): void {
    if (!this.#view || this.#flying >= MAX_FLYING) return;
    const packet = document.createElement('div');
    packet.className = `${styles.packet} ${styles[options.kind] ?? ''}`;
    if (options.label !== undefined) {
      const label = document.createElement('span');
      label.className = styles.label ?? '';
      label.textContent = options.label;
      packet.append(label);
    } else if (options.count !== undefined && options.count > 1) {
      const count = document.createElement('span');
      count.className = styles.count ?? '';
      count.textContent = String(options.count);
      packet.append(count);
    }
    this.#view.layer.append(packet);
    this.#flying++;
    const animation = packet.animate(stops(points), { duration: options.duration, delay: options.delay, easing: 'cubic-bezier(0.4, 0.1, 0.3, 1)', fill: 'both' });
    const gone = (): void => {
      packet.remove();
      this.#flying = Math.max(0, this.#flying - 1);
    };
    animation.onfinish = gone;
    animation.oncancel = gone;
  }

  /** The writer says its name: which of the many controllers, or people, it is. */
  #act(station: string, name: string, kind: ActorKind, legMs: number): void {
    if (kind === 'controller' || kind === 'client') {
      const sign = this.#view?.map.querySelector<HTMLElement>(`[data-acting="${station}"]`);
      if (sign) {
        sign.textContent = name;
        sign.animate([{ opacity: 1 }, { opacity: 1, offset: 0.7 }, { opacity: 0 }], { duration: Math.max(900, legMs * 4) });
      }
    }
    if (kind === 'kubelet' || kind === 'agent') this.#flash(`[data-lamp="${CSS.escape(kind === 'kubelet' ? 'kubelet' : 'kube-proxy')} ${CSS.escape(station.slice(NODE_STATION.length))}"]`, 0, legMs * 2);
    else this.#glow(station, 0, legMs);
  }

  /** A halo around a program: an element of its own that fades, which costs no painting of what is under it. */
  #glow(station: string, delay: number, legMs: number): void {
    const box = this.#view?.routes.box(station);
    if (!box || box.width < 10) return;
    this.#halo(box, delay, legMs * 1.6);
  }

  #halo({ x, y, width, height }: Box, delay: number, duration: number): void {
    if (!this.#view || this.#flying >= MAX_FLYING) return;
    const halo = document.createElement('div');
    halo.className = styles.halo ?? '';
    Object.assign(halo.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    this.#view.layer.append(halo);
    this.#flying++;
    const animation = halo.animate([{ opacity: 0 }, { opacity: 1, offset: 0.3 }, { opacity: 0 }], { duration, delay, fill: 'both' });
    animation.onfinish = animation.oncancel = () => {
      halo.remove();
      this.#flying = Math.max(0, this.#flying - 1);
    };
  }

  /** News reached somebody: of pods the kubelet, of Services kube-proxy. */
  #lamp(station: string, write: WriteRow, delay: number): void {
    if (!station.startsWith(NODE_STATION)) {
      this.#glow(station, delay, 240);
      return;
    }
    const program = write.resource === 'pods' ? 'kubelet' : 'kube-proxy';
    this.#flash(`[data-lamp="${program} ${CSS.escape(station.slice(NODE_STATION.length))}"]`, delay, 500);
  }

  /** The object that was written, where it is on the map or beside it. */
  #touch(write: WriteRow, delay: number): void {
    if (write.event) return;
    const { object } = captionOf(write);
    const root = this.#view?.map.closest('[data-testid="cluster-view"]');
    const element = root?.querySelector<HTMLElement>(`button[data-resource="${CSS.escape(object.resource)}"][data-object="${CSS.escape(object.key)}"]`);
    element?.animate([{ boxShadow: '0 0 0 0 var(--accent)' }, { boxShadow: '0 0 0 3px var(--accent)', offset: 0.25 }, { boxShadow: '0 0 0 6px transparent' }], { duration: this.#mode === 'single' ? 900 : 480, delay, easing: 'ease-out' });
  }

  #flash(selector: string, delay: number, duration: number): void {
    const element = this.#view?.map.querySelector<HTMLElement>(selector);
    element?.animate([{ boxShadow: '0 0 0 0 var(--accent)' }, { boxShadow: '0 0 10px 2px var(--accent)', offset: 0.3 }, { boxShadow: '0 0 0 0 transparent' }], { duration, delay });
  }
}

/** A way as places to be at: moved by transforms, which the browser does without the page's thread. */
function stops(points: readonly Point[]): Keyframe[] {
  const length = lengthOf(points);
  let gone = 0;
  return points.map((point, index) => {
    const before = points[index - 1];
    if (before) gone += Math.hypot(point.x - before.x, point.y - before.y);
    const offset = length === 0 ? index / Math.max(1, points.length - 1) : Math.min(1, gone / length);
    return { transform: `translate(${point.x}px, ${point.y}px) translate(-50%, -50%)`, opacity: index === 0 ? 0.2 : 1, offset };
  });
}

/** What the packet says it carries. */
function labelOf({ resource, key, event }: WriteRow): string {
  return event ? `${kindOf(resource)} ${event.reason}` : `${kindOf(resource)} ${key.slice(key.indexOf('/') + 1)}`;
}
