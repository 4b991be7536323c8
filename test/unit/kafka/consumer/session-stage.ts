import type { PartitionOffset } from '../../../../adapters/channel/kafka/driver.ts'
import { ConsumerProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { Session } from '../../../../adapters/channel/kafka/consumer/session.ts'
import { Liveness } from '../../../../adapters/channel/kafka/consumer/liveness.ts'
import { fakeDriver } from '../../../fakes/kafka.ts'
import type { FakeMember } from '../../../fakes/kafka.ts'
import { stage as readerStage } from './reading-stage.ts'
import type { Setting } from './reading-stage.ts'

export const STUCK = { kind: 'stuck', why: 'a broken row', lastWritten: Number.POSITIVE_INFINITY } as const

interface SessionSetting extends Setting {
  readonly alone?: boolean
  readonly starts?: readonly PartitionOffset[]
}

/** A membership of the group "flow" that reads "orders", with a fake member and an intake whose answers the test gives. */
export function stage({ alone = false, starts = [], ...setting }: SessionSetting = {}) {
  const made = readerStage(setting)
  const { runtime, context: reading } = made
  const [driver, progress] = [fakeDriver(), new ConsumerProgress()]
  const liveness = new Liveness({ name: 'it', sessionTimeout: 10_000, progress, runtime })
  const state = { isOpen: true, joined: 0 }
  /** Another membership, as after a crash, with the same progress. */
  const session = () => {
    const one = new Session({
      driver,
      group: 'flow',
      topics: ['orders'],
      starts,
      sessionTimeout: 10_000,
      reading,
      progress,
      liveness,
      runtime,
      alone,
      isOpen: () => state.isOpen,
      onJoined: () => void state.joined++,
    })
    const member = driver.members.at(-1) as FakeMember
    return { session: one, member }
  }
  return { ...made, ...session(), driver, progress, liveness, state, again: session }
}

/** The calls to a member that begin with one of these words. */
export function told({ told: lines }: FakeMember, ...words: string[]): readonly string[] {
  return lines.filter((line) => words.some((word) => line.startsWith(word)))
}
