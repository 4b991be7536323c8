import process from 'node:process'
import { linesOf } from './lines.ts'
import { openDenoKv } from '../../adapters/persistency/deno-kv.ts'
import type { Persistency } from '../../src/ports/persistency.ts'

/**
 * The other end of `deno-kv-bridge.ts`, inside Deno: a line of JSON is a call, a line of JSON its answer. Prints nothing else.
 */
const stores = new Map<number, Persistency>()
let opened = 0

type Call = { readonly n: number; readonly store: number; readonly name: string; readonly given: readonly never[] }

async function answer({ store: which, name, given }: Call): Promise<unknown> {
  if (name === 'open') {
    const store = await openDenoKv({ path: given[0] })
    stores.set(++opened, store)
    return { store: opened, name: store.name, can: store.can }
  }
  const store = stores.get(which)
  const { list, removal, recovery } = store?.can ?? {}
  const methods: Readonly<Record<string, unknown>> = {
    findDue: recovery?.by === 'sweep' ? recovery.findDue.bind(recovery) : undefined,
    page: list ? list.page.bind(list) : undefined,
    removeFinal: removal ? removal.removeFinal.bind(removal) : undefined,
  }
  const method = methods[name] ?? (store?.[name as 'load'] as (...given: unknown[]) => unknown)
  return (method as (...given: unknown[]) => unknown).apply(store, [...given])
}

linesOf(process.stdin, (line) => {
  const call = JSON.parse(line) as Call
  answer(call).then(
    (value) => console.log(JSON.stringify({ n: call.n, value })),
    (thrown: Error & { code?: string }) => {
      const { message, code } = thrown
      console.log(JSON.stringify({ n: call.n, thrown: { message, code } }))
    },
  )
})
