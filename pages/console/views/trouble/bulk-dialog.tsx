import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { addressOf } from '../../address.ts'
import { act, operatorName, originHeaders, type Acted } from '../../api/act.ts'
import type { BulkOperation, BulkPreview } from '../../api/documents.ts'
import type { ApiRequest } from '../../api/request.ts'
import { Dialog, OriginFields } from '../../parts/action-dialog.tsx'
import { Copy } from '../../parts/text.tsx'
import { go } from '../../route.ts'
import { counted } from '../../text/counted.ts'
import { curlOf } from '../../text/curl.ts'
import { BulkItems } from './bulk-items.tsx'
import type { Cause } from './causes.ts'
import { remedyOf } from './remedies.ts'

interface BulkDialogProps {
  readonly cause: Cause
  readonly onClose: () => void
}

/** Tries a remedy on all sagas of a cause, and begins it after a reason. */
export function BulkDialog({ cause, onClose }: BulkDialogProps): VNode {
  const remedy = remedyOf(cause)
  const [key] = useState(() => crypto.randomUUID())
  const [trial, setTrial] = useState<Acted | undefined>(undefined)
  const [failed, setFailed] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [reason, setReason] = useState('')
  const [operator, setOperator] = useState(operatorName.value())
  const body = {
    action: remedy?.action,
    filter: cause.filter,
    ...(remedy?.channel !== undefined && { channel: remedy.channel }),
  }
  useEffect(() => {
    const trialBody = JSON.stringify({ ...body, reason: 'a trial in the console', dryRun: true, sample: 10 })
    void act({ method: 'POST', path: 'operations', body: trialBody }).then(setTrial)
  }, [])
  const request: ApiRequest = {
    method: 'POST',
    path: 'operations',
    headers: originHeaders({ operator: operator.trim(), reason: '', key }),
    body: JSON.stringify({ ...body, reason: reason.trim() }),
  }
  const preview = trial?.isDone ? (trial.json as BulkPreview) : undefined
  const begin = async (event: Event) => {
    event.preventDefault()
    if (reason.trim() === '') return setFailed('Give a reason: every saga keeps it.')
    operatorName.keep(operator.trim())
    setBusy(true)
    const begun = await act(request)
    setBusy(false)
    if (!begun.isDone) return setFailed(begun.words.join(' '))
    const { id } = begun.json as BulkOperation
    onClose()
    go(addressOf(['operations', id], { of: String(preview?.matches ?? cause.count) }))
  }
  return (
    <Dialog
      title={`${remedy?.verb ?? ''} ${counted(preview?.matches ?? cause.count, 'saga')} in ${cause.state.slice(0, 80)}`}
      onClose={onClose}
    >
      <form onSubmit={(event) => void begin(event)}>
        <p>{remedy?.effect}</p>
        {cause.answer !== undefined && (
          <p class="muted">
            Only sagas with the last answer <bdi class="code">{cause.answer}</bdi>
          </p>
        )}
        <div role="status" class="answer">
          {trial === undefined && <p class="loading">Trying without changing anything …</p>}
          {trial?.isDone === false && <p class="notice bad">{trial.words.join(' ')}</p>}
          {preview && <Preview preview={preview} />}
        </div>
        <OriginFields {...{ reason, setReason, operator, setOperator }} />
        <p role="alert" class="bad-text">
          {failed}
        </p>
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="main" disabled={isBusy || preview === undefined}>
            {remedy?.verb} {preview === undefined ? '' : counted(preview.matches, 'saga')}
          </button>
        </div>
        <details>
          <summary>As a command of the shell</summary>
          <pre tabIndex={0}>{curlOf(request)}</pre>
          <Copy text={curlOf(request)} label="Copy as curl" />
        </details>
      </form>
    </Dialog>
  )
}

function Preview({ preview }: { readonly preview: BulkPreview }): VNode {
  const { matches, isComplete, items } = preview
  return (
    <>
      <p>
        A trial changed nothing. It finds <b>{counted(matches, 'saga')}</b>
        {isComplete ? '' : ' or more'}; the first {items.length} would end so:
      </p>
      <BulkItems items={items} />
    </>
  )
}
