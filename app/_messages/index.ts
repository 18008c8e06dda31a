/** All texts of the pages, one file an area and language. English is the type: a missing translation fails the type check. */
import type { Locale } from '../_lib/preferences.ts';
import enCluster from './en/cluster.json';
import enCommon from './en/common.json';
import enControls from './en/controls.json';
import enErrors from './en/errors.json';
import enFront from './en/front.json';
import enInspector from './en/inspector.json';
import enReplay from './en/replay.json';
import enRoom from './en/room.json';
import enTerminal from './en/terminal.json';
import enWorkspace from './en/workspace.json';
import zhCluster from './zh-TW/cluster.json';
import zhCommon from './zh-TW/common.json';
import zhControls from './zh-TW/controls.json';
import zhErrors from './zh-TW/errors.json';
import zhFront from './zh-TW/front.json';
import zhInspector from './zh-TW/inspector.json';
import zhReplay from './zh-TW/replay.json';
import zhRoom from './zh-TW/room.json';
import zhTerminal from './zh-TW/terminal.json';
import zhWorkspace from './zh-TW/workspace.json';

const en = {
  cluster: enCluster,
  common: enCommon,
  controls: enControls,
  errors: enErrors,
  front: enFront,
  inspector: enInspector,
  replay: enReplay,
  room: enRoom,
  terminal: enTerminal,
  workspace: enWorkspace,
};

export type Messages = typeof en;

const zh: Messages = {
  cluster: zhCluster,
  common: zhCommon,
  controls: zhControls,
  errors: zhErrors,
  front: zhFront,
  inspector: zhInspector,
  replay: zhReplay,
  room: zhRoom,
  terminal: zhTerminal,
  workspace: zhWorkspace,
};

export const MESSAGES: Record<Locale, Messages> = { en, 'zh-TW': zh };

declare module 'use-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: Messages;
  }
}
