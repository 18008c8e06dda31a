/**
 * Which Chromium the browser tests use. Playwright's own download is taken where somebody has made it, but none is ever started.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Names that distributions give to it, in the order of preference. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

const MAC_APPLICATIONS = ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** Where Playwright's download keeps the program, for each platform. */
const INSIDE_DOWNLOAD = ['chrome-linux/chrome', 'chrome-linux64/chrome', 'chrome-mac/Chromium.app/Contents/MacOS/Chromium', 'chrome-win/chrome.exe', 'chrome-win64/chrome.exe'];

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function systemBrowser() {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'].filter(Boolean);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...candidates, ...MAC_APPLICATIONS].find(isExecutable);
}

function playwrightDownload() {
  const caches = [
    process.env.PLAYWRIGHT_BROWSERS_PATH,
    path.join(os.homedir(), '.cache/ms-playwright'),
    path.join(os.homedir(), 'Library/Caches/ms-playwright'),
    path.join(os.homedir(), 'AppData/Local/ms-playwright'),
  ];
  for (const cache of caches) {
    if (!cache || !existsSync(cache)) continue;
    // The newest first: the folders are called chromium-<revision>.
    const revision = (name) => Number(name.slice('chromium-'.length));
    const downloads = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name)).sort((x, y) => revision(y) - revision(x));
    for (const download of downloads) {
      const found = INSIDE_DOWNLOAD.map((inside) => path.join(cache, download, inside)).find(isExecutable);
      if (found) return found;
    }
  }
  return undefined;
}

/** Debian's package, where this user may install one without being asked for a password. */
function installDebianPackage() {
  if (process.platform !== 'linux' || !isExecutable('/usr/bin/apt-get')) return;
  const isRoot = process.getuid() === 0;
  if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return;
  console.log("No Chromium was found: installing Debian's package …");
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const asRoot = (...command) => {
    // Over sudo the variable would not arrive.
    const [program, ...args] = isRoot ? command : ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive', ...command];
    return spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env: environment }).status === 0;
  };
  if (asRoot('apt-get', 'update')) asRoot('apt-get', 'install', '-y', '--no-install-recommends', 'chromium');
}

/**
 * Path of a Chromium: CHROMIUM_PATH, the system's, Playwright's download, or Debian's package, which is installed where that is allowed.
 * @throws Error with one sentence when there is none.
 */
export function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (isExecutable(given)) return given;
    throw new Error(`CHROMIUM_PATH names ${given}, which is not a program that can be run.`);
  }
  const found = systemBrowser() ?? playwrightDownload();
  if (found) return found;
  installDebianPackage();
  const installed = systemBrowser();
  if (installed) return installed;
  throw new Error('The browser tests need a Chromium and found none: install one, or set CHROMIUM_PATH to the program.');
}
