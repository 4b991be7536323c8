import { reasonOf } from '../../src/errors.ts'
import { probeInTime } from '../../src/orchestrator/timed-reads.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { BoundService } from './bound-service.ts'
import type { LocalWorkerd } from './local-workerd.ts'

/** The id of the object that `/-/ready` writes to; no saga has it. */
const TRIAL_OBJECT = 'batuta: readiness'
/** Milliseconds that a result is reused, so that frequent probes do not write each time. */
const REUSED_FOR = 1_000

/** The readiness of the edge: the shared store, the file descriptors, and a write to an object, each where there is one. */
export function edgeReadiness(service: BoundService, local: LocalWorkerd): () => Promise<Health> {
  const { sagas, openStore, store: name, runtime } = service
  const { objectsFolder, descriptors } = local
  const find = sagas && (() => sagas.getByName(TRIAL_OBJECT) as unknown as ProbedObject)
  const trial = objectsFolder && find && objectTrial(find, runtime)
  return async () => {
    const store = openStore && (await openStore())
    const probes = [
      store && probeInTime(runtime, `the store "${name}"`, store.probe()),
      descriptors?.probe(),
      trial?.(),
    ]
    const healths = await Promise.all(probes.map(async (probe) => (await probe) ?? OK))
    return healths.find(({ ok }) => !ok) ?? OK
  }
}

const OK: Health = { ok: true }

/** The method of an object that readiness calls. */
export interface ProbedObject {
  /** Writes to the object's storage and resolves once the write is durable. */
  probe(): Promise<void>
}

/** Probes whether an object can be woken and written to, as a creation does. */
function objectTrial(find: () => ProbedObject, runtime: Runtime): () => Promise<Health> {
  let last: Health = OK
  let from = Number.NEGATIVE_INFINITY
  return async () => {
    if (runtime.monotonic() - from < REUSED_FOR) return last
    from = runtime.monotonic()
    return (last = await attempt(find(), runtime))
  }
}

function attempt(object: ProbedObject, runtime: Runtime): Promise<Health> {
  const probed = object.probe().then(
    () => OK,
    (thrown: unknown): Health => ({ ok: false, why: `write to an object: ${reasonOf(thrown)}` }),
  )
  return probeInTime(runtime, 'an object', probed)
}
