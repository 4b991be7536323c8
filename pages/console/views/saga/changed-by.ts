import type { SagaDocument } from '../../api/documents.ts'
import type { TreeMark } from '../../parts/json-tree.tsx'

/** The last step that changed each key at the top of the metadata. The creation and steps of earlier versions name none. */
export function changedBy({ history }: Pick<SagaDocument, 'history'>): ReadonlyMap<string, TreeMark> {
  const newest = history.events.length - 1
  return new Map(
    history.events.flatMap(({ event, changed = [] }, at) => {
      const mark: TreeMark = { words: `step ${at + 1} · ${event.slice(0, 60)}`, isNewest: at === newest }
      return changed.map((key): [string, TreeMark] => [key, mark])
    }),
  )
}
