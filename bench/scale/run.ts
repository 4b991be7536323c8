import process from 'node:process'
import { filled } from './fill.ts'
import type { Filling } from './fill.ts'
import { measured } from './hold.ts'
import type { ThreadHold } from './hold.ts'
import { looksAtEnded, looksAtFew } from './looks.ts'

/** The order for a process, on its command line. */
export type ScaleOrder = Filling

export interface ScaleFigures extends ThreadHold {
  readonly what: string
}

const order = JSON.parse(process.argv[2] ?? '{}') as ScaleOrder
const store = await filled(order)
const looks = (order.shape === 'few' ? looksAtFew : looksAtEnded)(store, order.sagas)
const rows: ScaleFigures[] = []
for (const { what, asks } of looks) {
  let longest: ThreadHold = { total: 0, hold: 0, work: 0 }
  for (const ask of asks) {
    const one = await measured(ask)
    longest = {
      total: Math.max(longest.total, one.total),
      hold: Math.max(longest.hold, one.hold),
      work: Math.max(longest.work, one.work),
    }
  }
  rows.push({ what, ...longest })
}
await store.close()
process.stdout.write(`${JSON.stringify(rows)}\n`)
