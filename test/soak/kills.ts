import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from './deployment.ts'
import type { EndedSaga } from './order-driver.ts'

/** A kill and what came of it. Instants in ms. */
export interface Kill {
  readonly kind: string
  readonly at: number
  /** From the kill to the restart, in ms. */
  readonly away: number
  /** From the restart until the processes worked again, in ms. */
  readonly start: number
  /** From the restart until a saga that began after it had ended, in ms: `start` is a part of it. */
  readonly recovery: number
}

export interface KillingOptions {
  readonly targets: readonly Target[]
  /** Sagas that have ended. */
  readonly ended: readonly EndedSaga[]
  /** In [0, 1). */
  readonly random: () => number
  /** Shortest and longest time in ms from one recovery to the next kill. */
  readonly between: readonly [number, number]
  /** Most ms from the end of a restart until a saga that began after it has ended. */
  readonly patience: number
  /** Asked before each kill, with the number of those before. */
  readonly isOver: (kills: number) => boolean
  readonly killed: (kill: Kill) => void
}

/**
 * Kills the targets in turn, each when the deployment has recovered from the kill before. Throws where it does not recover.
 */
export async function killInTurn(options: KillingOptions): Promise<void> {
  const { targets, random, between, isOver, killed } = options
  for (let kills = 0; ; kills++) {
    await sleep(within(between, random))
    const target = targets[kills % targets.length]
    if (target === undefined || isOver(kills)) return
    killed(await killOnce(target, options))
  }
}

async function killOnce(target: Target, { random, ended, patience }: KillingOptions): Promise<Kill> {
  const { kind } = target
  const at = Date.now()
  await target.kill()
  await sleep(within(target.away, random))
  const restart = Date.now()
  await target.start()
  const start = Date.now() - restart
  const known = ended.length
  for (const until = Date.now() + patience; ; await sleep(LOOK)) {
    const first = ended.slice(known).find(({ from }) => from >= restart)
    if (first !== undefined) return { kind, at, away: restart - at, start, recovery: first.to - restart }
    if (Date.now() > until) {
      throw new Error(`kill the ${kind}: expected a saga that begins and ends within ${patience} ms of its start`)
    }
  }
}

const LOOK = 50

function within([shortest, longest]: readonly [number, number], random: () => number): number {
  return shortest + random() * (longest - shortest)
}
