import type { Persistency } from '../../src/ports/persistency.ts'

/** A store whose backing store can be replaced, as after a restart of its server. */
export interface Replaceable {
  readonly store: Persistency
  readonly put: (next: Persistency) => void
}

export function replaceable(first: Persistency): Replaceable {
  let current = first
  const { list, removal, counts } = first.can
  const store: Persistency = {
    name: first.name,
    can: {
      ...first.can,
      recovery:
        first.can.recovery.by === 'sweep'
          ? { by: 'sweep', findDue: async (...given) => sweepOf(current).findDue(...given) }
          : first.can.recovery,
      list: list && { page: (...given) => (current.can.list || list).page(...given) },
      removal: removal && { removeFinal: (...given) => (current.can.removal || removal).removeFinal(...given) },
      counts: counts && { count: (...given) => (current.can.counts || counts).count(...given) },
      records: false,
    },
    load: (...given) => current.load(...given),
    save: (...given) => current.save(...given),
    applied: (...given) => current.applied(...given),
    document: (...given) => current.document(...given),
    probe: () => current.probe(),
    close: () => current.close(),
  }
  return { store, put: (next) => void (current = next) }
}

function sweepOf({ can: { recovery } }: Persistency) {
  if (recovery.by !== 'sweep') throw new TypeError('ask for what is due: it cannot')
  return recovery
}
