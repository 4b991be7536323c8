import process from 'node:process'
import { LinkToKv } from './deno-kv-link.ts'
import { linesOf } from './lines.ts'
import { denoKvPersistency, openDenoKv } from '../../adapters/persistency/deno-kv.ts'
import type { Kv } from '../../adapters/persistency/deno-kv/kv.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import type { KvEntries } from './deno-kv-bridge.ts'

/** The other end of `deno-kv-bridge.ts`, in Deno: one line of JSON a call, one an answer. Prints nothing else. */
const stores = new Map<number, Persistency>()
const lines = new Map<number, LinkToKv>()
let opened = 0

declare const Deno: { openKv(path: string): Promise<Kv> }

function open(store: Persistency) {
  stores.set(++opened, store)
  return { store: opened, name: store.name, can: store.can }
}

type Call = { readonly n: number; readonly store: number; readonly name: string; readonly given: readonly unknown[] }
type Method = (...given: unknown[]) => unknown

async function answer({ store: which, name, given }: Call): Promise<unknown> {
  if (name === 'open') return open(await openDenoKv({ path: String(given[0]) }))
  if (name === 'reach') {
    const line = new LinkToKv(await Deno.openKv(String(given[0])))
    lines.set(opened + 1, line)
    return open(denoKvPersistency(line))
  }
  if (name === 'spoil') return spoil(given as [string, string, string])
  if (name === 'dump') return dump(String(given[0]))
  if (name === 'fill') return fill(given as [string, KvEntries])
  if (name === 'mend') return mend(given as [string, string, number])
  const line = lines.get(which)
  if (line !== undefined && LINE.has(name)) return (line[name as 'lose'] as Method).apply(line, [...given])
  const store = stores.get(which)
  const { list, removal, recovery, records } = store?.can ?? {}
  const methods: Readonly<Record<string, unknown>> = {
    findDue: recovery?.by === 'sweep' ? recovery.findDue.bind(recovery) : undefined,
    page: list ? list.page.bind(list) : undefined,
    removeFinal: removal ? removal.removeFinal.bind(removal) : undefined,
    ...(records === false ? undefined : records),
  }
  const method = methods[name] ?? store?.[name as 'load']
  return (method as Method).apply(store, [...given])
}

const sound: unknown[] = []

/** Answers the index of the saved value. */
async function spoil([path, id, how]: readonly [path: string, id: string, how: string]): Promise<number> {
  const kv = await Deno.openKv(path)
  const [entry] = await kv.getMany([headOf(id)])
  const value = entry?.value as Uint8Array
  const damaged = how === 'cut' ? value.slice(0, value.length - 40) : 'no bytes'
  await kv.atomic().set(headOf(id), damaged).commit()
  kv.close()
  return sound.push(value) - 1
}

async function mend([path, id, which]: readonly [path: string, id: string, which: number]): Promise<void> {
  const kv = await Deno.openKv(path)
  await kv
    .atomic()
    .set(headOf(id), sound[which] as Uint8Array)
    .commit()
  kv.close()
}

/** Everything in a file; bytes as base64. */
async function dump(path: string): Promise<KvEntries> {
  const kv = await Deno.openKv(path)
  const entries: (readonly [readonly (string | number)[], string])[] = []
  for await (const { key, value } of kv.list({ prefix: [] })) {
    const encoded =
      value instanceof Uint8Array ? `bytes ${btoa(String.fromCharCode(...value))}` : `text ${String(value)}`
    entries.push([key as readonly (string | number)[], encoded])
  }
  kv.close()
  return entries
}

/** In one commit, since each takes a sync of the disk. */
async function fill([path, entries]: readonly [path: string, entries: KvEntries]): Promise<void> {
  const kv = await Deno.openKv(path)
  const atomic = kv.atomic()
  for (const [key, encoded] of entries) {
    const [, type, value = ''] = /^(bytes|text) (.*)$/s.exec(encoded) ?? []
    atomic.set(key, type === 'bytes' ? Uint8Array.from(atob(value), (one) => one.charCodeAt(0)) : value)
  }
  await atomic.commit()
  kv.close()
}

function headOf(id: string): readonly string[] {
  return ['batuta', 'saga', id, 'head']
}

const LINE: ReadonlySet<string> = new Set(['lose', 'freeze', 'thaw', 'refuse', 'accept', 'slow'])

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
