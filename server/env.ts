/** The environment that the server is started in, checked once. Nothing else reads process.env. */
import path from 'node:path';
import { z } from 'zod';

const schema = z.object({
  /** Port of everything: pages, API and WebSockets. 0 takes a free one. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Address to listen on. The default serves the whole local network, as a class needs. */
  HOST: z.string().min(1).default('0.0.0.0'),
  /** Folder of the embedded database. */
  DATA_DIR: z.string().min(1).default('./data'),
  /** `file:…` or `postgresql://…`. Default: a SQLite file in DATA_DIR. */
  DATABASE_URL: z
    .string()
    .regex(/^(file:|postgres(ql)?:\/\/)/, 'must begin with file: or postgresql://')
    .optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
  /** `1` when a reverse proxy in front sets X-Forwarded-For. Without one, clients could forge it. */
  TRUST_PROXY: z.enum(['0', '1']).default('0'),
  /** `off` serves the API without pages. */
  PAGES: z.enum(['on', 'off']).default('on'),
  NODE_ENV: z.enum(['development', 'production', 'test']).default('production'),
});

export interface Environment {
  port: number;
  host: string;
  dataFolder: string;
  databaseUrl: string;
  logLevel: z.infer<typeof schema>['LOG_LEVEL'];
  trustProxy: boolean;
  pages: boolean;
  development: boolean;
}

/** @throws Error with one sentence that names the variable. */
export function readEnvironment(variables: Record<string, string | undefined>): Environment {
  // An empty value means the same as none: that is how shells and compose files unset things.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`The environment variable ${issue?.path.join('.')} is not usable: ${issue?.message}.`);
  }
  const { PORT, HOST, DATA_DIR, DATABASE_URL, LOG_LEVEL, TRUST_PROXY, PAGES, NODE_ENV } = parsed.data;
  const dataFolder = path.resolve(DATA_DIR);
  return {
    port: PORT,
    host: HOST,
    dataFolder,
    databaseUrl: DATABASE_URL ?? `file:${path.join(dataFolder, 'quorum.db')}`,
    logLevel: LOG_LEVEL,
    trustProxy: TRUST_PROXY === '1',
    pages: PAGES === 'on',
    development: NODE_ENV === 'development',
  };
}
