import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { capacityOf, contradictionsOf, overloadWith } from '../../test/services/overload/overload-trial.ts'
import type { Overload, Probes } from '../../test/services/overload/overload-trial.ts'
import { OverloadedService } from '../../test/services/overload/overloaded-service.ts'
import type { OverloadedOptions } from '../../test/services/overload/overloaded-service.ts'
import type { FloodAnswers } from '../../testing/load/flood.ts'
import { residentNow } from '../memory/resident.ts'
import { say, shown } from './stage.ts'

/** Ten times the load, and more connections than the service accepts: the driver's own bound is above the service's. */
const [TIMES, SOCKETS] = [10, 14_000]
/** Milliseconds in which a client wants its answer. */
const DEADLINE = 10_000

/**
 * Ten times the load that can be carried, on a schedule that waits for no answer: goodput, waits, memory, refusals, the time until all is
 * as before, and sagas that contradict the answers. Once the store is the bound, and once the processor, which driver and service share.
 */
export async function overload(folder: string, isQuick: boolean): Promise<void> {
  for (const store of ['slow', 'sqlite'] as const) {
    const place = join(folder, store)
    mkdirSync(place, { recursive: true })
    await overloadOf({ folder: place, script: 'start', store }, isQuick)
  }
}

async function overloadOf(options: OverloadedOptions, isQuick: boolean): Promise<void> {
  const service = await OverloadedService.start(options)
  try {
    const seconds = isQuick ? 4 : 10
    const capacity = await capacityOf(service, { sockets: 64, seconds: Math.max(4, seconds / 2) })
    say(
      `overload, ${options.store}: 64 connections carry ${perSecond(capacity.created)}, ${perSecond(capacity.ended)} end`,
    )
    say(`  at rest ${residentNow(service.pid).toFixed(0)} MiB`)
    const floods: FloodAnswers[] = []
    for (const keepAlive of [true, false]) {
      const rate = TIMES * capacity.created
      const plan = { rate, sockets: SOCKETS, processes: 2, seconds, keepAlive, deadline: DEADLINE }
      const trial = await overloadWith(service, plan)
      floods.push(trial.answers)
      const offered = (trial.answers.started / seconds / capacity.created).toFixed(1)
      say(
        `  ${offered} times that offered, connections ${keepAlive ? 'kept' : 'not kept'}: ${shown(trial.answers, seconds)}`,
      )
      say(`    ${described(trial)}`)
    }
    const lists = Object.entries(await contradictionsOf(service, floods))
    say(
      `  ${lists.map(([name, sagas]) => `${name}: ${sagas.length}`).join(', ')}; afterwards ${residentNow(service.pid).toFixed(0)} MiB`,
    )
  } finally {
    await service.stop()
  }
}

function described({ answers, ended, most, probes, normalAfter }: Overload): string {
  const { unconnected, late, lag } = answers
  return (
    `${unconnected} without a connection, ${late} without an answer in ${DEADLINE / 1_000} s; ${perSecond(ended)} end; ` +
    `driver late by at most ${lag.toFixed(0)} ms; at most ${most.toFixed(0)} MiB; ` +
    `healthz ${probed(probes.healthz)}, ready ${probed(probes.ready)}; as before after ${normalAfter} s`
  )
}

function probed({ times, failed }: Probes): string {
  return `at most ${Math.max(...times).toFixed(0)} ms, ${failed} of ${times.length + failed} failed`
}

function perSecond(count: number): string {
  return `${count.toFixed(0)} sagas/s`
}
