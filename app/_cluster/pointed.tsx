'use client';

/** What the pointer or the keyboard is on: the rest of the view shows what belongs to it. */
import { createContext, use } from 'react';
import type { ObjectRef } from '../../server/rooms/service.ts';

export interface Pointed {
  ref: ObjectRef;
  /** Where it is, in the window. */
  box: DOMRect;
  /** Name of the program that it is, where there is something to explain. */
  explain?: string;
}

interface PointedContext {
  point(pointed: Pointed | null): void;
}

/** Only the setter: what is pointed at comes down by props, so that few parts draw again when it changes. */
export const PointedContext = createContext<PointedContext>({ point: () => undefined });

export function usePointed(): PointedContext {
  return use(PointedContext);
}
