import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { addressOf } from '../../address.ts'
import type { Service } from '../../service.ts'
import { useTask } from '../../live/use-task.ts'
import { Notice } from '../../parts/text.tsx'
import { go } from '../../route.ts'
import { STANDING } from '../sagas/list-path.ts'
import { BulkDialog } from './bulk-dialog.tsx'
import { CauseCard } from './cause-card.tsx'
import { ChannelTroubles } from './channel-troubles.tsx'
import { causeKey, type Cause } from './causes.ts'
import { Operations } from './operations.tsx'
import { readTrouble } from './read-trouble.ts'
import { UnlistedTrouble } from './unlisted-trouble.tsx'

interface TroubleViewProps {
  readonly service: Service
  readonly query: Readonly<Record<string, string>>
}

const EVERY = 8000
const AN_HOUR = '3600'

/** The sagas that need a person, worst first, by cause. */
export function TroubleView(props: TroubleViewProps): VNode {
  const { canList, store } = props.service.session
  return canList ? <ListedTrouble {...props} /> : <UnlistedTrouble store={store} />
}

function ListedTrouble({ service, query }: TroubleViewProps): VNode {
  const { session, machine } = service
  const { standing = AN_HOUR } = query
  const [mended, mend] = useState<Cause | undefined>(undefined)
  const trouble = useTask({
    key: standing,
    run: (signal) => readTrouble(Number(standing) || 3600, signal),
    every: EVERY,
  })
  return (
    <>
      <div class="heading">
        <h1>Trouble</h1>
        <StandingChoice standing={standing} />
      </div>
      {trouble === undefined ? (
        <p class="loading">Looking for sagas that need a person …</p>
      ) : (
        <ChannelTroubles channels={trouble.channels} />
      )}
      {trouble?.unknown !== undefined && <Notice>Not all of it is known: {trouble.unknown}</Notice>}
      {trouble?.causes.map((cause) => (
        <CauseCard
          key={causeKey(cause)}
          cause={cause}
          machine={machine}
          standing={standing}
          onMend={session.mayAct ? mend : undefined}
        />
      ))}
      {trouble !== undefined && trouble.causes.length === 0 && trouble.unknown === undefined && (
        <p class="calm">No saga needs a person.</p>
      )}
      <Operations />
      {mended && <BulkDialog cause={mended} onClose={() => mend(undefined)} />}
    </>
  )
}

function StandingChoice({ standing }: { readonly standing: string }): VNode {
  return (
    <label class="inline">
      Standing too long after{' '}
      <select
        value={standing}
        onChange={(event) => go(addressOf(['trouble'], { standing: event.currentTarget.value }))}
      >
        {STANDING.map(([seconds, name]) => (
          <option key={seconds} value={seconds}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
