import process from 'node:process'
import { buildCommand } from '@stricli/core'
import type { CommandLine } from '../command-line.ts'

interface StartFlags {
  readonly configuration?: string
  readonly port?: string
  readonly data?: string
}

/** The Node worker, with flags for the variables that are typed most. */
export const start = buildCommand<StartFlags, [], CommandLine>({
  docs: {
    brief: 'Start the orchestrator',
    fullDescription:
      'Starts the orchestrator on Node. Everything is told by environment variables (CONFIGURATIONS_FILE_PATH, HTTP_PORT, ' +
      'DATA_PATH, LOG_LEVEL, ...); a flag wins over its variable. SIGTERM or Ctrl-C ends it once what is under way is done.',
  },
  parameters: {
    flags: {
      configuration: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'FILE',
        brief: 'The saga.json (CONFIGURATIONS_FILE_PATH)',
      },
      port: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'N',
        brief: 'Where to listen, 0 for any free port (HTTP_PORT, 3000)',
      },
      data: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'FOLDER',
        brief: 'Folder of the embedded store (DATA_PATH, ./data)',
      },
    },
    aliases: { c: 'configuration', p: 'port', d: 'data' },
  },
  async func({ configuration, port, data }) {
    if (configuration !== undefined) {
      process.env['CONFIGURATIONS_FILE_PATH'] = configuration
      delete process.env['CONFIGURATION'] // it would win over the path (C1.4), and a flag wins over both
    }
    if (port !== undefined) process.env['HTTP_PORT'] = port
    if (data !== undefined) process.env['DATA_PATH'] = data
    await import('../../workers/node.ts')
  },
})
