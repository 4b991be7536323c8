import type { VNode } from 'preact'
import type { SagaDocument } from '../../api/documents.ts'
import { Card } from '../../parts/card.tsx'
import { JsonTree } from '../../parts/json-tree.tsx'
import { Copy } from '../../parts/text.tsx'
import { changedBy } from './changed-by.ts'

/** The metadata as a tree. A key that a step after the creation changed names this step. */
export function MetadataCard({ saga }: { readonly saga: SagaDocument }): VNode {
  const text = JSON.stringify(saga.metadata, undefined, 2)
  return (
    <Card title="Metadata" aside={<Copy text={text} label="Copy as JSON" />}>
      <div class="inner">
        <JsonTree value={saga.metadata} marks={changedBy(saga)} />
      </div>
    </Card>
  )
}
