import { availableParallelism } from 'node:os'
import { buildCommand } from '@stricli/core'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import { liveCount } from '../service/live-count.ts'
import { printableJson } from '../service/quoted.ts'
import { SERVICE_FLAGS } from '../service/service-flags.ts'
import { formatSimulation, traceText } from './simulate/format-simulation.ts'
import { readSimulated } from './simulate/read-simulated.ts'
import type { SimulatedFiles } from './simulate/read-simulated.ts'
import { sagaTrace } from './simulate/saga-trace.ts'
import { isSound, simulationReport } from './simulate/simulation-report.ts'
import { exploreMachine } from './simulate/explored-findings.ts'
import { runSeeds } from './simulate/run-seeds.ts'
import { runOfSeed } from './simulate/seed-run.ts'

interface SimulateFlags extends SimulatedFiles {
  readonly seeds: number
  readonly from: number
  readonly seed?: number
  readonly withoutFaults: boolean
  readonly faults: number
  readonly most: number
  readonly jobs?: number
  readonly strict: boolean
  readonly json: boolean
}

const file = (brief: string) => ({ kind: 'parsed', parse: String, optional: true, brief, placeholder: 'FILE' }) as const

const number = (brief: string, from: number) =>
  ({ kind: 'parsed', parse: (text: string) => numberOf(text, from), brief, placeholder: 'N' }) as const

/** `batuta simulate`: a saga.json with simulated participants, and all that can go wrong around it. */
export const simulate = buildCommand<SimulateFlags, [string], CommandLine>({
  docs: {
    brief: 'Try a saga.json with simulated participants, faults and time',
    fullDescription: [
      'Looks for what can go wrong with the machine of a file: states that are never reached, sagas that stand still for ever, events that',
      'arrive where no state lists them, paths that break a property. Each has its way, step by step. Nothing is connected to.',
      'First it explores every order in which one saga can go, with up to --faults faults; it says where --most was too few for all.',
      'Then it runs the service itself over simulated stores, channels and clocks, once without and once with faults for each seed. The',
      'runs without faults give the paths, their durations and costs.',
      'Participants answer by any event of the state, or as the play file of batuta dev says (docs/PLAY.md).',
      'Exit code: 0 where nothing was found, 1 where something was, 2 where a file cannot be read. docs/SIMULATE.md has the rest.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      play: file('The play file: how participants answer, how long they take, what a command costs'),
      properties: file('The properties file: what must never, or always, be true of a saga'),
      seeds: { ...number('Runs of each kind', 1), default: '1000' },
      from: { ...number('The first seed', 0), default: '1' },
      seed: { ...number('Show the run of this seed, and nothing else', 0), optional: true },
      withoutFaults: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'With --seed: the run without faults',
      },
      faults: { ...number('Most faults of one path of the exploration', 0), default: '2' },
      most: { ...number('Most situations of the exploration', 1), default: '200000' },
      jobs: { ...number('Threads. Default: one for each core', 1), optional: true },
      strict: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'What only a failure around the machine brings about ends with the exit code 1 too',
      },
      json: SERVICE_FLAGS.json,
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'The saga.json', placeholder: 'saga.json' }],
    },
  },
  async func(flags, path) {
    const { stdout, stderr, env } = this.process
    const read = await readSimulated({ path, ...flags }, env)
    if (!read.ok) {
      stderr.write(read.text)
      return this.end(USAGE_ERROR)
    }
    const { simulated, leftOut } = read
    const { seed, seeds, from, json, withoutFaults: isPlain } = flags
    if (seed !== undefined) {
      const trace = sagaTrace(await runOfSeed(simulated, { seed, isPlain }), undefined)
      stdout.write(json ? `${printableJson({ version: 1, seed, isPlain, trace })}\n` : traceText(trace))
      return this.end(0)
    }
    const explored = exploreMachine(simulated, flags)
    const count = liveCount(this.process, 'runs')
    const jobs = flags.jobs ?? availableParallelism()
    const tallies = await runSeeds(simulated, { from, seeds, jobs, done: (runs) => count.update(runs) })
    count.end()
    const report = await simulationReport({ simulated, explored, tallies, from, seeds, leftOut })
    const command = ['npx batuta simulate', path, ...filesOf(flags)].join(' ')
    stdout.write(json ? `${printableJson({ version: 1, ...report })}\n` : formatSimulation(report, { command }))
    this.end(isSound(report, flags.strict) ? 0 : 1)
  },
})

function filesOf({ play, properties }: SimulatedFiles): readonly string[] {
  return [
    ...(play === undefined ? [] : [`--play ${play}`]),
    ...(properties === undefined ? [] : [`--properties ${properties}`]),
  ]
}

function numberOf(text: string, from: number): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= from) return Number(text)
  throw new Error(`read a number: found ${JSON.stringify(text)}, expected a whole number from ${from}`)
}
