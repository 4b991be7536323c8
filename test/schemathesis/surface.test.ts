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
  { script: 'start', args: ['--max-examples', '8'], tested: ROUTES, atLeast: 300 },
  {
    script: 'start:workerd',
    args: ['--max-examples', '4', ...NOT_ON_OBJECTS.flatMap((id) => ['--exclude-operation-id', id])],
    tested: ROUTES - NOT_ON_OBJECTS.length,
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
