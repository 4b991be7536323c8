import type { ComponentChildren, VNode } from 'preact'
import type { Draft } from '../../api/draft.ts'
import { useData } from '../../live/use-data.ts'
import { useNarrow } from '../../live/use-narrow.ts'
import { Notice } from '../../parts/text.tsx'

interface WatchedFileProps {
  readonly children: (draft: Draft | undefined) => ComponentChildren
}

/** The file that the service watches, after each of its changes. Its text stays on the machine of the service. */
export function WatchedFile({ children }: WatchedFileProps): VNode {
  const { data, refused } = useData<Draft>(`console/file?flow=${useNarrow() ? 'down' : 'right'}`, { every: 1000 })
  return (
    <>
      {refused !== undefined && <Notice isBad>{refused.text}</Notice>}
      {children(data)}
    </>
  )
}
