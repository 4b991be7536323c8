import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { addressOf } from '../address.ts'
import { act } from '../api/act.ts'
import type { NextTimer, PlayTime } from '../api/play.ts'
import { ahead } from '../live/clock.ts'
import { useData } from '../live/use-data.ts'
import { useSaid } from '../live/use-said.ts'
import { dayText, durationText } from '../text/time.ts'
import { Until, useNow } from './time.tsx'

/** A push of the clock, as `POST /play/clock` takes it. */
type Push = { readonly forward: string } | { readonly to: string }

const EVERY = 2000
const MINUTE = 60_000

interface PlayBarProps {
  /** With a field for any duration. */
  readonly isWhole: boolean
}

/** The clock of a play on every place of the page, the deadline that comes next, and the pushes that people want most. */
export function PlayBar({ isWhole }: PlayBarProps): VNode {
  const { data: time, reload } = useData<PlayTime>('play/clock', { every: EVERY })
  const [said, say] = useSaid()
  const [isBusy, setBusy] = useState(false)
  useEffect(() => ahead.set(time?.ahead ?? 0), [time?.ahead])
  const push = async (by: Push) => {
    setBusy(true)
    say('Pushing the clock …')
    say(await pushed(by))
    setBusy(false)
    reload()
  }
  const next = time?.next
  return (
    <section class="play-bar" aria-label="Clock of the play">
      <PlayNow pushed={time?.ahead ?? 0} />
      <div class="buttons">
        <Pushing
          name="To the next timer"
          isOff={isBusy || next === undefined}
          by={next && { to: next.at }}
          push={push}
        />
        <Pushing name="+1 hour" isOff={isBusy} by={{ forward: 'PT1H' }} push={push} />
        <Pushing name="+3 days" isOff={isBusy} by={{ forward: 'P3D' }} push={push} />
        {isWhole && <AnyPush isBusy={isBusy} push={push} />}
      </div>
      <p class="muted next">{time !== undefined && <Next next={next} />}</p>
      <p class="said" role="status">
        {said}
      </p>
    </section>
  )
}

async function pushed(by: Push): Promise<string> {
  const { isDone, words, json } = await act({ method: 'POST', path: 'play/clock', body: JSON.stringify(by) })
  if (!isDone) return words.join(' ')
  const { now, ahead: pushedBy } = json as PlayTime
  ahead.set(pushedBy)
  return `Pushed to ${dayText(now)}; what was due is done.`
}

function PlayNow({ pushed: by }: { readonly pushed: number }): VNode {
  const now = useNow()
  const iso = new Date(now).toISOString()
  return (
    <p class="now">
      <b>Play</b> <time dateTime={iso}>{dayText(iso)}</time> ·{' '}
      <span class="muted">{by > 0 ? `${durationText(rounded(by))} ahead` : 'the clock of this machine'}</span>
    </p>
  )
}

/** To minutes: a push takes some milliseconds itself. */
function rounded(by: number): number {
  return by < MINUTE ? by : Math.round(by / MINUTE) * MINUTE
}

interface PushingProps {
  readonly name: string
  readonly isOff: boolean
  readonly by: Push | undefined
  readonly push: (by: Push) => Promise<void>
}

function Pushing({ name, isOff, by, push }: PushingProps): VNode {
  return (
    <button type="button" disabled={isOff} onClick={() => by && void push(by)}>
      {name}
    </button>
  )
}

function AnyPush({ isBusy, push }: { readonly isBusy: boolean } & Pick<PushingProps, 'push'>): VNode {
  const [forward, setForward] = useState('PT15M')
  const send = (event: Event) => {
    event.preventDefault()
    void push({ forward: forward.trim() })
  }
  return (
    <form onSubmit={send}>
      <label for="forward">or by</label>
      <input
        id="forward"
        value={forward}
        required
        autocomplete="off"
        title="An ISO 8601 duration"
        onInput={(event) => setForward(event.currentTarget.value)}
      />
      <button type="submit" disabled={isBusy}>
        Push
      </button>
    </form>
  )
}

const EFFECTS = { event: 'times out', resend: 'is resent', release: 'begins or goes on' } as const

function Next({ next }: { readonly next: NextTimer | undefined }): VNode {
  if (next === undefined) return <>No saga waits for a timer.</>
  const { at, sagaId, associatedEntityId, state, effect, event } = next
  return (
    <>
      next: <bdi>{state.slice(0, 60)}</bdi> of{' '}
      <a href={addressOf(['sagas', sagaId])}>
        <bdi>{(associatedEntityId || sagaId).slice(0, 40)}</bdi>
      </a>{' '}
      {EFFECTS[effect]} <Until at={at} past="now" />
      {event !== undefined && (
        <>
          {' '}
          by <bdi>{event.slice(0, 60)}</bdi>
        </>
      )}
    </>
  )
}
