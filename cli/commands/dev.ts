import process from 'node:process'
import { buildCommand } from '@stricli/core'
import type { CommandLine } from '../command-line.ts'

interface DevFlags {
  readonly play?: string
  readonly auto: boolean
  readonly watch: boolean
  readonly keep?: string
  readonly port: string
}

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const

/** `batuta dev`: a service and its participants in one process, to try a saga.json without any service. */
export const dev = buildCommand<DevFlags, [string], CommandLine>({
  docs: {
    brief: 'Play a saga.json: a service with participants of its own',
    fullDescription: [
      'Starts a service on 127.0.0.1 and, in the same process, participants for every channel of the file, REST and Kafka.',
      'No broker, store or other service is needed, and the file is not changed.',
      'A participant answers by hand (/console#/play, or the curl lines that are printed), evenly (--auto), or by a play file:',
      '  { "commands": { "<label>": { "events": { "<event>": <weight> }, "latency": "PT1S", "failureRate": 0.1, "silence": 0.1 } } }',
      'POST /play/clock {"forward":"P3D"} pushes the clock, so that a timeout of three days is seen at once.',
      'Exit code: 0 after Ctrl-C, 1 where a file is invalid. docs/PLAY.md has the rest.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      play: text('The play file, with events, weights and latency of each command', 'FILE'),
      auto: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'Answer commands without an entry at once, by any event of the state',
      },
      watch: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'Check and draw the file at /console#/edit?watch=file whenever it changes; a new start plays it',
      },
      keep: text('Folder of a SQLite store that is kept. Default: memory', 'FOLDER'),
      port: {
        kind: 'parsed',
        parse: String,
        default: '3000',
        placeholder: 'N',
        brief: 'The port, 0 for any free port',
      },
    },
    aliases: { p: 'port' },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'The saga.json', placeholder: 'saga.json' }],
    },
  },
  async func({ play, auto, watch, keep, port }, configurationPath) {
    const [{ serve }, { playWorker }] = await Promise.all([
      import('../../workers/serve.ts'),
      import('../play/play-worker.ts'),
    ])
    const { stdout, env } = this.process
    const hasColour = stdout.isTTY === true && (env['NO_COLOR'] ?? '') === ''
    process.on('SIGHUP', () => process.kill(process.pid, 'SIGINT')) // the terminal was closed
    await serve(() =>
      playWorker({ configurationPath, playPath: play, isAuto: auto, isWatched: watch, keep, port, stdout, hasColour }),
    )
  },
})
