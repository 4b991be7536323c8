import type { VNode } from 'preact'
import { addressOf } from '../../address.ts'
import type { PlayParticipant } from '../../api/play.ts'
import { useData } from '../../live/use-data.ts'
import { Card } from '../../parts/card.tsx'
import { Until } from '../../parts/time.tsx'
import { counted } from '../../text/counted.ts'
import { durationText } from '../../text/time.ts'

/** The participants: by what each command is answered, with weights, latency, failures, and the answers to come. */
export function Participants(): VNode {
  const { data } = useData<{ readonly participants: readonly PlayParticipant[] }>('play/participants', { every: 2000 })
  return (
    <Card title="Participants">
      <ul class="rows">
        {data?.participants.length === 0 && <li class="muted">No command of the machine has a channel.</li>}
        {data?.participants.map((participant) => (
          <Row key={participant.label} participant={participant} />
        ))}
      </ul>
    </Card>
  )
}

function Row({ participant }: { readonly participant: PlayParticipant }): VNode {
  const { label, channels, events, waiting, planned, next } = participant
  return (
    <li>
      <div class="grow">
        <b>
          ➜ <bdi>{label.slice(0, 120)}</bdi>
        </b>
        <span class="muted">
          {' · '}
          <bdi>{channels.join(', ').slice(0, 100)}</bdi>
        </span>
        {events !== undefined && <Chances events={events} />}
        <p class="muted">{wordsOf(participant)}</p>
        {(waiting > 0 || planned > 0) && (
          <p>
            {waiting > 0 && `${counted(waiting, 'command')} ${waiting === 1 ? 'waits' : 'wait'} for a person. `}
            {planned > 0 && `${counted(planned, 'answer')} planned`}
            {next !== undefined && (
              <>
                , the first <Until at={next.at} past="now" />: <bdi>{next.event.slice(0, 60)}</bdi> for{' '}
                <a class="code" href={addressOf(['sagas', next.sagaId])}>
                  <bdi>…{next.sagaId.slice(-12)}</bdi>
                </a>
              </>
            )}
          </p>
        )}
      </div>
    </li>
  )
}

function Chances({ events }: { readonly events: Readonly<Record<string, number>> }): VNode {
  const sum = Object.values(events).reduce((all, weight) => all + weight, 0)
  return (
    <p class="pills">
      {Object.entries(events).map(([event, weight]) => (
        <span key={event} class="event">
          <bdi>{event.slice(0, 60)}</bdi> {shareText(weight / sum)}
        </span>
      ))}
    </p>
  )
}

const ANSWERS: Readonly<Record<PlayParticipant['answers'], string>> = {
  hand: 'by hand',
  evenly: 'at once, by any event of its state with the same chance',
  file: 'by the play file',
  none: 'a side effect, which gets no answer',
}

function wordsOf({ answers, events, latency, failureRate, silence }: PlayParticipant): string {
  const [shortest, longest] = latency
  const isAtOnce = longest === 0
  const words = [
    ANSWERS[answers],
    ...(answers === 'file' && events === undefined ? ['by any event of its state'] : []),
    ...(answers === 'file' ? [isAtOnce ? 'at once' : `after ${latencyText(shortest, longest)}`] : []),
    ...(failureRate > 0 ? [`${shareText(failureRate)} of the sends fail`] : []),
    ...(silence > 0 ? [`${shareText(silence)} get no answer`] : []),
  ]
  return words.join(', ')
}

function latencyText(shortest: number, longest: number): string {
  return shortest === longest ? durationText(longest) : `${durationText(shortest)} to ${durationText(longest)}`
}

/** A share of one: `12.5 %`. */
function shareText(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}
