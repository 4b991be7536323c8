/**
 * Emulates Deno Deploy around the Deno worker: every call of `Deno` is printed as a line of JSON, repeating timers never fire, as
 * in an isolate that sleeps, and a line on stdin runs the cron trigger.
 */
import process from 'node:process'
import { linesOf } from '../persistency/lines.ts'

type Handler = () => Promise<void>
type OpenKv = (path?: string) => Promise<unknown>

declare const Deno: { readonly openKv: OpenKv }

const say = (told: object) => console.log(JSON.stringify(told))
const lend = (name: string, value: unknown) => Object.defineProperty(Deno, name, { value })

const real = Deno.openKv
lend('openKv', (path?: string) => {
  say({ openKv: path ?? 'what is lent' })
  return real(process.env['LENT_KV'] ?? '')
})

lend('cron', (name: string, schedule: string, handler: Handler) => {
  say({ cron: name, schedule })
  linesOf(process.stdin, () => {
    // A minute later every lease has ended.
    const now = Date.now
    Date.now = () => now() + 60_000
    void handler().then(() => say({ looked: true }))
  })
})

Object.assign(globalThis, { setInterval: () => 0 })
await import('../../workers/deno.ts')
