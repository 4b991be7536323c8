import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describedRoutes } from '../../scripts/api/open-api.ts'
import { HIDDEN } from '../../scripts/api/operations.ts'
import { describeSchemathesis, runSchemathesis } from '../services/schemathesis.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerScript } from '../services/worker.ts'
import { ROOT } from '../walls/tools.ts'
import { withMachineRules } from './machine-rules.ts'

const SAGA = readFileSync(join(ROOT, 'examples/reservation/saga.json'), 'utf8')
const TOKEN = 'the-api-token'

interface Row {
  readonly script: WorkerScript
  readonly args: readonly string[]
  readonly tested: number
  readonly atLeast: number
}

const ROUTES = describedRoutes().filter(({ method, path }) => !HIDDEN.has(`${method} ${path}`)).length

/** Their answers do not end, and schemathesis reads each to its end. */
const STREAMS = ['watchSaga', 'watchAll']

/** Objects cannot be listed, and each sends on its own: these are 501 there, which counts as an error of the server. */
const NOT_ON_OBJECTS = [
  'listSagas',
  'beginOperation',
  'listOperations',
  'getOperation',
  'cancelOperation',
  'listChannels',
  'pauseChannel',
  'resumeChannel',
]

const ROWS: readonly Row[] = [
  {
    script: 'start',
    args: ['--max-examples', '8', ...without(STREAMS)],
    tested: ROUTES - STREAMS.length,
    atLeast: 300,
  },
  {
    script: 'start:workerd',
    args: ['--max-examples', '4', ...without([...STREAMS, ...NOT_ON_OBJECTS])],
    tested: ROUTES - STREAMS.length - NOT_ON_OBJECTS.length,
    atLeast: 150,
  },
]

describeSchemathesis('C7 schemathesis over every described route', () => {
  test.each(ROWS)(
    'C7 $script: no 5xx, no status or field that is not described, no valid request refused',
    { timeout: 180_000 },
    async ({ script, args, tested, atLeast }) => {
      const worker = await Worker.start({ script, configuration: SAGA, environment: { API_TOKEN: TOKEN } })
      try {
        const { code, output, summary } = await runSchemathesis(worker.url, {
          token: TOKEN,
          args,
          described: (description) => withMachineRules(description, SAGA),
        })
        process.stdout.write(`schemathesis, ${script}\n${summary}\n`)
        expect(code, output).toBe(0)
        expect(Number(/(\d+) generated/.exec(summary)?.[1])).toBeGreaterThan(atLeast)
        expect(summary).toMatch(/\b(\d+) generated, \1 passed/)
        expect(summary).toContain(`Tested: ${tested}`)
      } finally {
        await worker.stop()
      }
    },
  )
})

function without(operations: readonly string[]): readonly string[] {
  return operations.flatMap((id) => ['--exclude-operation-id', id])
}
