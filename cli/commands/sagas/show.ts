import { buildCommand } from '@stricli/core'
import type { CommandLine } from '../../command-line.ts'
import { failureText } from '../../service/api-client.ts'
import { SERVICE_FLAGS, apiClient } from '../../service/service-flags.ts'
import type { ServiceFlags } from '../../service/service-flags.ts'
import { formatSaga } from './format-saga.ts'
import type { ShownSaga } from './format-saga.ts'

/** `batuta sagas show`: one saga for people, or its document as JSON. */
export const show = buildCommand<ServiceFlags, [string], CommandLine>({
  docs: {
    brief: 'Show one saga: its state, what it waits for, its history',
    fullDescription: 'Exit code: 0, or 1 where there is no such saga or the service does not answer.',
  },
  parameters: {
    flags: SERVICE_FLAGS,
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'The saga', placeholder: 'saga-id' }] },
  },
  async func(flags, id) {
    const { stdout, stderr } = this.process
    const answer = await apiClient(flags, this.process).send({ path: `/sagas/${encodeURIComponent(id)}` })
    if (!answer.ok) {
      stderr.write(`show a saga: ${failureText(answer)}\n`)
      return this.end(1)
    }
    const document = answer.value as ShownSaga
    stdout.write(flags.json ? `${JSON.stringify(document, undefined, 2)}\n` : formatSaga(document))
  },
})
