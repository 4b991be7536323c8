/**
 * `npm run fuzz -- http --inputs 1000000` (or `kafka`): sends generated inputs to the service. The same `--seed` makes the same
 * inputs; `--from` begins at a later one (http). Exit code 1 where a failure was found.
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import type { FuzzResult, FuzzOptions } from '../testing/fuzz/fuzz.ts'
import { fuzzHttp } from '../testing/fuzz/http.ts'
import { fuzzKafka } from '../testing/fuzz/kafka.ts'
import { openFuzzedService } from './fuzz/http-service.ts'
import { handleRecords } from './fuzz/kafka-subject.ts'

type Fuzz = (options: FuzzOptions & { readonly from: number }) => Promise<FuzzResult>

const TARGETS: Readonly<Record<string, Fuzz>> = {
  http: (options) => fuzzHttp({ ...options, open: openFuzzedService }),
  kafka: (options) => fuzzKafka({ ...options, handle: handleRecords }),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    from: { type: 'string', default: '0' },
  },
})
const [target = '', ...more] = positionals
const numbers = { inputs: Number(values.inputs), seed: Number(values.seed), from: Number(values.from) }
const fuzz = Object.hasOwn(TARGETS, target) ? TARGETS[target] : undefined
if (
  fuzz === undefined ||
  more.length > 0 ||
  !Object.values(numbers).every((one) => Number.isSafeInteger(one) && one >= 0)
) {
  const targets = Object.keys(TARGETS).join('|')
  process.stderr.write(`fuzz: expected ${targets} [--inputs <number>] [--seed <number>] [--from <number>]\n`)
  process.exitCode = 1
} else {
  await run(fuzz)
}

async function run(fuzz: Fuzz): Promise<void> {
  const log = (line: string) => void process.stderr.write(`${line}\n`)
  log(`${target}: seed ${numbers.seed}`)
  const started = performance.now()
  const { inputs, outcomes, failures } = await fuzz({ ...numbers, log })
  for (const failure of failures) log(failure)
  const counts = Object.entries(outcomes).toSorted(([, one], [, other]) => other - one)
  const summary = counts.map(([outcome, count]) => `${outcome}: ${count}`).join(', ')
  const seconds = Math.round((performance.now() - started) / 1_000)
  process.stdout.write(
    `${target}: ${inputs} inputs, seed ${numbers.seed}, ${seconds} s, ${failures.length} failures; ${summary}\n`,
  )
  if (failures.length > 0) process.exitCode = 1
}
