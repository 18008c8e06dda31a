'use client';

/** On a narrow screen one part of the room is seen at a time: this brings the terminal to the front. */
import { createContext, use } from 'react';

const NOTHING = (): void => {};
const ShowTerminalContext = createContext<() => void>(NOTHING);

export const ShowTerminalProvider = ShowTerminalContext.Provider;

export function useShowTerminal(): () => void {
  return use(ShowTerminalContext);
}
