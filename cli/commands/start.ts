import process from 'node:process'
import { buildCommand } from '@stricli/core'
import type { CommandLine } from '../command-line.ts'

interface StartFlags {
  readonly configuration?: string
  readonly port?: string
  readonly data?: string
}

/** `batuta start`: the Node worker, with flags for the common environment variables. */
export const start = buildCommand<StartFlags, [], CommandLine>({
  docs: {
    brief: 'Start the orchestrator',
    fullDescription: [
      'Starts the orchestrator on Node, with REST channels. A file with Kafka channels needs npm run start:kafka.',
      'Environment variables configure it (CONFIGURATIONS_FILE_PATH, HTTP_PORT, DATA_PATH, LOG_LEVEL, ...); a flag overrides its variable.',
      'An invalid file ends the start with exit code 1 and every problem; batuta check shows them with a reason and a mend.',
      'SIGTERM or Ctrl-C stops it after the work under way has ended.',
      'docs/CONFIGURATION.md has every variable and every key of the file.',
    ].join('\n'),
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
        brief: 'The port to listen on, 0 for any free port (HTTP_PORT, 3000)',
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
      delete process.env['CONFIGURATION'] // it overrides the path (C1.4), and a flag overrides both
    }
    if (port !== undefined) process.env['HTTP_PORT'] = port
    if (data !== undefined) process.env['DATA_PATH'] = data
    await import('../../workers/node.ts')
  },
})
