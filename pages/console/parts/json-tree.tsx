import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { Digits } from '../text/exact-json.ts'
import { Data } from './text.tsx'

interface TreeProps {
  readonly name?: string
  readonly value: unknown
  readonly depth?: number
  /** Marks of keys at the top. */
  readonly marks?: ReadonlyMap<string, TreeMark> | undefined
}

/** Words beside a key. */
export interface TreeMark {
  readonly words: string
  readonly isNewest: boolean
}

const MOST_ENTRIES = 100
const OPEN_DEPTH = 2

/** JSON as a tree that opens and closes. */
export function JsonTree({ name, value, depth = 0, marks }: TreeProps): VNode {
  if (typeof value !== 'object' || value === null || value instanceof Digits) {
    return (
      <div class="leaf">
        {name !== undefined && <Key name={name} />}
        <Scalar value={value} />
      </div>
    )
  }
  const entries = Object.entries(value)
  if (depth === 0) return <Entries entries={entries} depth={depth} marks={marks} />
  return <Branch name={name ?? ''} entries={entries} depth={depth} isList={Array.isArray(value)} />
}

interface BranchProps {
  readonly name: string
  readonly entries: readonly (readonly [string, unknown])[]
  readonly depth: number
  readonly isList: boolean
}

function Branch({ name, entries, depth, isList }: BranchProps): VNode {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH && entries.length <= 12)
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Key name={name} />
        <span class="muted">{isList ? `[${entries.length}]` : `{${entries.length}}`}</span>
      </summary>
      {isOpen && <Entries entries={entries} depth={depth} />}
    </details>
  )
}

type EntriesProps = Pick<BranchProps, 'entries' | 'depth'> & Pick<TreeProps, 'marks'>

function Entries({ entries, depth, marks }: EntriesProps): VNode {
  const [most, setMost] = useState(MOST_ENTRIES)
  if (entries.length === 0) return <p class="muted">empty</p>
  return (
    <div class="tree">
      {entries.slice(0, most).map(([key, inner]) => (
        <Entry key={key} name={key} inner={inner} depth={depth + 1} mark={marks?.get(key)} />
      ))}
      {entries.length > most && (
        <button type="button" class="link" onClick={() => setMost(most + 10 * MOST_ENTRIES)}>
          show {entries.length - most} more
        </button>
      )}
    </div>
  )
}

interface EntryProps {
  readonly name: string
  readonly inner: unknown
  readonly depth: number
  readonly mark: TreeMark | undefined
}

function Entry({ name, inner, depth, mark }: EntryProps): VNode {
  if (mark === undefined) {
    return (
      <div class="entry">
        <JsonTree name={name} value={inner} depth={depth} />
      </div>
    )
  }
  return (
    <div class={mark.isNewest ? 'entry marked newest' : 'entry marked'}>
      <JsonTree name={name} value={inner} depth={depth} />
      <small class="muted">
        <bdi>{mark.words}</bdi>
      </small>
    </div>
  )
}

function Key({ name }: { readonly name: string }): VNode {
  return (
    <b class="key">
      <bdi>{name.slice(0, 200)}</bdi>
    </b>
  )
}

function Scalar({ value }: { readonly value: unknown }): VNode {
  if (typeof value === 'string') return <Data text={value} code />
  return <span class="code scalar">{value instanceof Digits ? value.text : String(value)}</span>
}
