import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { addressOf } from '../../address.ts'
import { detailWords } from '../../api/outcome-words.ts'
import type { OperationEntry, SagaDocument } from '../../api/documents.ts'
import { stateOf, type Machine } from '../../api/machine.ts'
import { Card } from '../../parts/card.tsx'
import { Data } from '../../parts/text.tsx'
import { Clock } from '../../parts/time.tsx'
import { durationText } from '../../text/time.ts'
import { StepCommands } from './step-commands.tsx'
import { timelineOf, type TimelineEntry, type TimelineStep } from './timeline-entries.ts'

interface TimelineProps {
  readonly saga: SagaDocument
  readonly machine: Machine
}

const MOST = 100

/** The history, oldest first, with the time between the steps and the actions of operators in their place. */
export function Timeline({ saga, machine }: TimelineProps): VNode {
  const [isWhole, setWhole] = useState(false)
  const entries = timelineOf(saga)
  const shown = isWhole ? entries : entries.slice(-MOST)
  return (
    <Card
      title="History"
      aside={<span class="muted">{entries.length === 1 ? '1 entry' : `${entries.length} entries`}</span>}
    >
      {shown.length < entries.length && (
        <button type="button" class="link inner" onClick={() => setWhole(true)}>
          show the {entries.length - shown.length} before
        </button>
      )}
      <ol class="timeline">
        {shown.map((entry) => (
          <Entry key={entry.key} entry={entry} machine={machine} />
        ))}
      </ol>
    </Card>
  )
}

function Entry({ entry, machine }: { readonly entry: TimelineEntry; readonly machine: Machine }): VNode {
  return 'step' in entry ? <Step step={entry.step} machine={machine} /> : <Operation operation={entry.operation} />
}

function Step({ step, machine }: { readonly step: TimelineStep; readonly machine: Machine }): VNode {
  const { number, state, event, since, business, timestamp, operation, renamedFrom, sends, changed, changedCount } =
    step
  const isByHand = operation !== undefined && operation.action !== 'send-event'
  return (
    <li class={isByHand ? 'by-hand' : ''}>
      <i class="number" aria-hidden="true">
        {number}
      </i>
      <div class="grow">
        <p>
          <a class="ink" href={addressOf([], { state })}>
            <b>
              <Data text={state} most={120} />
            </b>
          </a>{' '}
          <span class="muted">
            {isByHand ? 'by hand' : <Data text={event} most={120} />}
            {business !== undefined && (
              <em>
                {' '}
                <Data text={business} most={120} />
              </em>
            )}
          </span>
        </p>
        {sends && <StepCommands state={stateOf(machine, state)} />}
        {renamedFrom !== undefined && (
          <p class="muted">
            the new name of <Data text={renamedFrom} most={120} />
          </p>
        )}
        {changedCount > 0 && <Changed keys={changed} count={changedCount} />}
        {operation && <OperationText operation={operation} />}
      </div>
      <p class="muted when">
        {since === undefined ? <Clock at={timestamp} /> : <span title={timestamp}>+ {durationText(since)}</span>}
      </p>
    </li>
  )
}

const MOST_KEYS = 8

/** The keys of the metadata that a step changed. */
function Changed({ keys, count }: { readonly keys: readonly string[]; readonly count: number }): VNode {
  const shown = keys.slice(0, MOST_KEYS)
  return (
    <p class="muted">
      changed{' '}
      {shown.map((key, at) => (
        <span key={key}>
          {at > 0 && ', '}
          <bdi class="code">{key.slice(0, 60)}</bdi>
        </span>
      ))}
      {count > shown.length && ` and ${count - shown.length} more`}
    </p>
  )
}

function Operation({ operation }: { readonly operation: OperationEntry }): VNode {
  return (
    <li class="by-hand">
      <i class="number" aria-hidden="true" />
      <div class="grow">
        <OperationText operation={operation} />
      </div>
      <p class="muted when">
        <Clock at={operation.at} />
      </p>
    </li>
  )
}

function OperationText({ operation }: { readonly operation: OperationEntry }): VNode {
  const { action, operator, reason, details = {} } = operation
  return (
    <p>
      <b>{action}</b> by <bdi>{operator.slice(0, 100)}</bdi>: “<bdi>{reason.slice(0, 500)}</bdi>”
      {detailWords(details).map((words) => (
        <span key={words} class="muted">
          {' '}
          <bdi>{words.slice(0, 300)}</bdi>
        </span>
      ))}
    </p>
  )
}
