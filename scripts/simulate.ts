import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { STORE_KINDS } from '../testing/simulation/world/stores/store-kinds.ts'
import type { StoreKind } from '../testing/simulation/world/stores/store-kinds.ts'
import { replay } from './simulation/replay.ts'
import { runSeeds } from './simulation/run-seeds.ts'

// `npm run simulate -- --seeds 1000000`: runs of the real corridor under seeds, judged by the checker.
// `npm run simulate -- --seed 12345`: one of them again, shrunk, as a trace.

const USAGE = `npm run simulate -- [--seeds <count>] [--from <first>] [--only-store <kind>] [--jobs <count>]
npm run simulate -- --seed <seed> [--only-store <kind>] [--whole]

--seeds       number of runs; default 10,000. A run that was interrupted goes on where it was
--from        the first seed; default 1
--only-store  ${STORE_KINDS.join(', ')}; default: the seed decides
--jobs        threads; default: one for each core
--afresh      begins again although an interrupted run of the same seeds is there
--seed        runs one seed, and prints its trace with as little in it as breaks the same rule
--whole       with --seed: the trace of the whole run`

process.exitCode = await main()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      'only-store': { type: 'string' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      afresh: { type: 'boolean', default: false },
      seed: { type: 'string' },
      whole: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const store = storeOf(values['only-store'])
  const [seeds, from, jobs, seed] = [values.seeds, values.from, values.jobs, values.seed ?? '0'].map(numberOf)
  if (
    values.help ||
    store === 'wrong' ||
    seeds === undefined ||
    from === undefined ||
    jobs === undefined ||
    seed === undefined
  ) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  if (values.seed !== undefined) return replay({ seed, store, whole: values.whole })
  return runSeeds({ seeds, from, store, jobs: Math.max(1, jobs), afresh: values.afresh })
}

function numberOf(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function storeOf(name: string | undefined): StoreKind | undefined | 'wrong' {
  return name === undefined ? undefined : (STORE_KINDS.find((kind) => kind === name) ?? 'wrong')
}
