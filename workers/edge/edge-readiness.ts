import { reasonOf } from '../../src/errors.ts'
import { probeInTime } from '../../src/orchestrator/timed-reads.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { BoundService } from './bound-service.ts'
import type { LocalWorkerd } from './local-workerd.ts'

/** The object that `/-/ready` writes to; no saga has this id. */
const TRIAL = 'batuta: readiness'
/** Milliseconds for which an answer counts: a probe that many ask must not write for each. */
const COUNTS = 1_000

/** What a creation would meet: a store somewhere else, the process's descriptors, an object that takes a write. */
export function edgeReadiness(
  { sagas, openStore, store: name, runtime }: BoundService,
  { folder, room }: LocalWorkerd,
): () => Promise<Health> {
  const trial = folder && sagas && objectTrial((name) => sagas.getByName(name) as unknown as ProbedObject, runtime)
  return async () => {
    const store = openStore && (await openStore())
    const probes = [store && probeInTime(runtime, `the store "${name}"`, store.probe()), room?.probe(), trial?.()]
    const healths = await Promise.all(probes.map(async (probe) => (await probe) ?? OK))
    return healths.find(({ ok }) => !ok) ?? OK
  }
}

const OK: Health = { ok: true }

export interface ProbedObject {
  /** Writes to the object's storage and waits until that is durable. */
  probe(): Promise<void>
}

/** Whether an object can be woken and written to, as a creation would have to. */
function objectTrial(find: (name: string) => ProbedObject, runtime: Runtime): () => Promise<Health> {
  let last: Health = { ok: true }
  let from = Number.NEGATIVE_INFINITY
  return async () => {
    if (runtime.monotonic() - from < COUNTS) return last
    from = runtime.monotonic()
    return (last = await attempt(find(TRIAL), runtime))
  }
}

function attempt(object: ProbedObject, runtime: Runtime): Promise<Health> {
  const probed = object.probe().then(
    () => OK,
    (thrown: unknown) => ill(reasonOf(thrown)),
  )
  return probeInTime(runtime, 'an object', probed)
}

function ill(why: string): Health {
  return { ok: false, why: `write to an object: ${why}` }
}
