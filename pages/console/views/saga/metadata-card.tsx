import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { SagaDocument } from '../../api/documents.ts'
import { Card } from '../../parts/card.tsx'
import { JsonTree } from '../../parts/json-tree.tsx'
import { Copy } from '../../parts/text.tsx'
import { changedKeys } from './changed-keys.ts'

/** The metadata as a tree. Keys that a step changed while the page was open, or that the history names, say which step it was. */
export function MetadataCard({ saga }: { readonly saga: SagaDocument }): VNode {
  const marks = useChanges(saga)
  const text = JSON.stringify(saga.metadata, undefined, 2)
  return (
    <Card title="Metadata" aside={<Copy text={text} label="Copy as JSON" />}>
      <div class="inner">
        <JsonTree value={saga.metadata} marks={marks} />
      </div>
    </Card>
  )
}

function useChanges(saga: SagaDocument): ReadonlyMap<string, string> {
  const before = useRef(saga)
  const [marks, setMarks] = useState<ReadonlyMap<string, string>>(() => namedBy(saga))
  useEffect(() => {
    const keys = changedKeys(before.current.metadata, saga.metadata)
    before.current = saga
    if (keys.length === 0) return
    const step = `step ${saga.history.events.length} · ${saga.latestEvent.slice(0, 60)}`
    setMarks((known) => new Map([...known, ...keys.map((key): [string, string] => [key, step])]))
  }, [saga])
  return marks
}

/** Key → the last step that changed it, where the history names the keys. */
function namedBy({ history }: SagaDocument): ReadonlyMap<string, string> {
  return new Map(
    history.events.flatMap(({ event, changed = [] }, at) =>
      changed.map((key): [string, string] => [key, `step ${at + 1} · ${event.slice(0, 60)}`]),
    ),
  )
}
