import { identityOf } from '../../src/codec/identity.ts'
import { idFromKey } from '../../src/orchestrator/ids.ts'

const KEY = 'my-first-reservation'

/** Three lines to paste: create a saga, read it, list the newest. `others` says where the other processes are. */
export function invitation(service: string, others: string, end: string): string[] {
  // The id of a keyed creation follows from the key (P8), so the second line is known before the first has run.
  const sagaId = idFromKey(identityOf(KEY) ?? KEY)
  const body = JSON.stringify({
    associatedEntityId: 'me',
    metadata: { reservation: 'mine', table: 4, guests: 2 },
  })
  return [
    `  The service listens on ${service}, ${others}. Try:`,
    '',
    `curl -s -X POST ${service}/saga -H 'content-type: application/json' -H 'idempotency-key: ${KEY}' -d '${body}'`,
    `curl -s ${service}/sagas/${sagaId}`,
    `curl -s '${service}/sagas?limit=3'`,
    '',
    end,
  ]
}
