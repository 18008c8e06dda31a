import type { KubectlCommand } from '../framework/command.ts';
import { KubectlError } from '../framework/errors.ts';

export const plugin: KubectlCommand = {
  name: 'plugin',
  summary: 'Provides utilities for interacting with plugins',
  subcommands: [
    {
      name: 'list',
      summary: 'List all visible plugin executables on a user\'s PATH',
      flags: [{ name: 'name-only', type: 'bool' }],
      run: () => Promise.reject(new KubectlError('unable to find any kubectl plugins in your PATH')),
    },
  ],
};
