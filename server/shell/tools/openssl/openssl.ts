/** `openssl`: as much of it as users and servers with certificates need. Keys and numbers are truly random; times are the cluster's. */
import { DerError } from '../../../simulation/pki/der.ts';
import type { Command } from '../../types.ts';
import { verify, x509 } from './certificates.ts';
import { keyTools } from './keys.ts';
import { OpensslError, type Tool } from './options.ts';
import { req } from './requests.ts';
import { simpleTools } from './simple.ts';

const tools: ReadonlyMap<string, Tool> = new Map([...keyTools, req, x509, verify, ...simpleTools].map((tool) => [tool.name, tool]));
const names = [...tools.keys()].sort();

export const openssl: Command = {
  name: 'openssl',
  summary: 'keys, certificates and requests for them',
  async run(context) {
    const [name, ...args] = context.args;
    if (name === undefined || name === 'help') {
      context.stdout.write(`Commands here: ${names.join(', ')}\n`);
      return 0;
    }
    const tool = tools.get(name);
    if (!tool) {
      context.stderr.write(`Invalid command '${name}', or not supported here yet; type "help" for a list.\n`);
      return 1;
    }
    try {
      return await tool.run(context, args);
    } catch (error) {
      if (!(error instanceof OpensslError || error instanceof DerError)) throw error;
      context.stderr.write(`${error.message}\n`);
      return 1;
    }
  },
  complete: (words) => Promise.resolve(words.length <= 2 ? names : []),
};
