import type { VNode } from 'preact'
import { useCallback, useState } from 'preact/hooks'
import { addressOf } from '../../address.ts'
import { act } from '../../api/act.ts'
import type { ApiRequest } from '../../api/request.ts'
import type { Service } from '../../service.ts'
import { Card } from '../../parts/card.tsx'
import type { Draft } from '../../parts/deed.ts'
import { PayloadForm } from '../../parts/payload-form.tsx'
import { Copy } from '../../parts/text.tsx'
import { go } from '../../route.ts'
import { curlOf } from '../../text/curl.ts'

/** Creates a saga and follows it. */
export function CreateView({ service }: { readonly service: Service }): VNode {
  const [entity, setEntity] = useState('')
  const [metadata, setMetadata] = useState<Draft>({ body: '{}' })
  const [key, setKey] = useState(() => crypto.randomUUID())
  const [failed, setFailed] = useState('')
  const take = useCallback((draft: Draft) => setMetadata(draft), [])
  const request: ApiRequest = {
    method: 'POST',
    path: 'saga',
    headers: { 'idempotency-key': key },
    body: `{"associatedEntityId":${JSON.stringify(entity)},"metadata":${metadata.body ?? '{}'}}`,
  }
  const create = async (event: Event) => {
    event.preventDefault()
    if (metadata.problem !== undefined) return setFailed(metadata.problem)
    const created = await act(request)
    const { sagaId } = (created.json ?? {}) as { sagaId?: string }
    if (created.isDone && sagaId !== undefined) return go(addressOf(['sagas', sagaId]))
    if (created.mayRepeat !== true) setKey(crypto.randomUUID())
    setFailed(created.words.join(' '))
  }
  return (
    <>
      <h1 class="unseen">Create a saga</h1>
      <Card title="Create a saga">
        <form class="inner narrow" onSubmit={(event) => void create(event)}>
          <p>
            The saga begins in{' '}
            <b>
              <bdi>{service.machine.initialState.slice(0, 120)}</bdi>
            </b>
            , and the command of this state is sent.
          </p>
          <label for="entity">Associated entity</label>
          <input
            id="entity"
            value={entity}
            autocomplete="off"
            placeholder="order-42"
            onInput={(event) => setEntity(event.currentTarget.value)}
          />
          <PayloadForm name="metadata" schema={undefined} onDraft={take} />
          <p role="alert" class="bad-text">
            {failed}
          </p>
          <div class="buttons">
            <Copy text={curlOf(request)} label="Copy as curl" />
            <button type="submit" class="main">
              Create
            </button>
          </div>
        </form>
      </Card>
    </>
  )
}
