import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { quantile } from '../../testing/load/figures.ts'
import { capacityOf, contradictionsOf, overloadWith } from '../services/overload/overload-trial.ts'
import type { Overload } from '../services/overload/overload-trial.ts'
import { OverloadedService } from '../services/overload/overloaded-service.ts'

/*
 * Ten times the creations that a service carries, on a schedule that waits for no answer. The slow store makes the capacity small, so
 * that all of it is offered. With SQLite the processor is the bound, which driver, participant and service share: the driver offers as
 * many as it can. Bounds are those of a machine with two cores.
 */
const SECONDS = 8
const TIMES = 10
const MEBIBYTES = 450

test.each([
  // Without a bound at the arrival 7 % were left with SQLite at four times the load: the service did nothing but refuse.
  { script: 'start', store: 'slow', goodput: 0.6 },
  { script: 'start', store: 'sqlite', goodput: 0.15 },
  { script: 'start:deno', store: 'slow', goodput: 0.6 },
  { script: 'start:bun', store: 'slow', goodput: 0.6 },
] as const)(
  'P16 $script, $store store, ten times the load: each refusal has Retry-After and did nothing, each accepted saga ends',
  { timeout: 240_000 },
  async ({ script, store, goodput }) => {
    const folder = mkdtempSync(join(tmpdir(), 'batuta-overload-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const service = await OverloadedService.start({ folder, script, store })
    onTestFinished(() => service.stop())
    const capacity = await capacityOf(service, { sockets: 64, seconds: 5 })
    const plan = { rate: TIMES * capacity.created, sockets: 14_000, seconds: SECONDS, deadline: 10_000 }
    const trial = await overloadWith(service, plan)
    const lies = await contradictionsOf(service, [trial.answers])
    process.stdout.write(`${script}, ${store}: carried ${capacity.created.toFixed(0)}/s; ${described(trial)}\n`)

    const { answers, most, normalAfter } = trial
    const { accepted, refused, unconnected, late, started, statuses, undone, bare, unsent } = answers
    expect(Object.keys(statuses)).toEqual(['200', '503'])
    expect(accepted.length + refused.length + unconnected + late).toBe(started)
    expect({ bare, undone: undone.length }).toEqual({ bare: 0, undone: refused.length })
    expect(lies).toEqual({ lost: [], unended: [], acted: [], strays: [] })
    expect(accepted.length).toBeGreaterThan(goodput * capacity.created * SECONDS)
    expect(most).toBeLessThan(MEBIBYTES)
    expect(normalAfter).toBeLessThan(Number.POSITIVE_INFINITY)
    if (store === 'slow') expect({ unsent, unconnected, late }).toEqual({ unsent: 0, unconnected: 0, late: 0 })
  },
)

function described({ answers, most, probes, normalAfter, ended }: Overload): string {
  const { accepted, refused, started, unconnected, late, unsent, statuses, lag } = answers
  const [p99, p99Refused] = [quantile(accepted, 0.99), quantile(refused, 0.99)].map((wait) => wait.toFixed(0))
  return (
    `offered ${(started / SECONDS).toFixed(0)}/s, ${JSON.stringify({ ...statuses, unconnected, late, unsent })}; ` +
    `accepted ${(accepted.length / SECONDS).toFixed(0)}/s, p99 ${p99} ms; refused p99 ${p99Refused} ms; ${ended.toFixed(0)}/s end; ` +
    `driver late by ${lag.toFixed(0)} ms; at most ${most.toFixed(0)} MiB; slowest probe ` +
    `${Math.max(...probes.healthz.times).toFixed(0)} ms, ${probes.healthz.failed} failed; as before after ${normalAfter} s`
  )
}
