import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { call, eventually } from '../../services/client.ts'
import { startParticipant } from '../../services/participant.ts'
import type { Behaviour, Reaction, Received } from '../../services/participant.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { Worker } from '../../services/worker.ts'

/** Command → reaction; a command without one is accepted, and nothing follows. */
type Story = Readonly<Record<string, Reaction>>

const PAID: Reaction = { emit: 'paymentTaken', payload: { receipt: 'R-2291', takenBy: 'bank-2' } }
const RESERVED: Reaction = { emit: 'stockReserved', payload: { shelf: 'B-14', reservedUntil: '2026-12-01' } }
const LOST: Reaction = { emit: 'parcelLost', payload: { lastSeen: 'Verona' } }
const RELEASED: Story = { releaseStock: { emit: 'stockReleased' } }

/** Stories of orders: how far each comes, and why no further. */
const STORIES = {
  delivered: { reserveStock: RESERVED, takePayment: PAID, shipParcel: { emit: 'delivered' } },
  onItsWay: { reserveStock: RESERVED, takePayment: PAID },
  paying: { reserveStock: RESERVED },
  refused: { reserveStock: RESERVED, takePayment: { emit: 'paymentRefused' }, ...RELEASED },
  lost: {
    reserveStock: RESERVED,
    takePayment: PAID,
    shipParcel: LOST,
    refundPayment: { emit: 'refunded' },
    ...RELEASED,
  },
  short: { reserveStock: { emit: 'stockShort', payload: { missing: 2 } } },
  refundFails: {
    reserveStock: RESERVED,
    takePayment: PAID,
    shipParcel: LOST,
    refundPayment: { status: 422, body: '{"error":"the account IT60X05 is closed"}' },
  },
  bankDown: { reserveStock: RESERVED, takePayment: { status: 503, body: 'the ledger is locked for the night run' } },
} as const satisfies Readonly<Record<string, Story>>

/** How many orders have which story. */
const ORDERS: Readonly<Record<keyof typeof STORIES, number>> = {
  delivered: 61,
  onItsWay: 17,
  paying: 9,
  refused: 4,
  lost: 3,
  short: 6,
  refundFails: 2,
  bankDown: 5,
}

/** A running service of examples/order, with orders at every state. */
export interface OrderService {
  readonly url: string
  /** Ids of sagas by story, the oldest first. */
  readonly sagas: ReadonlyMap<string, readonly string[]>
  readonly close: () => Promise<void>
}

/** Starts the order machine and its participants, and leads a hundred orders as far as they come. */
export async function startOrderService(): Promise<OrderService> {
  const stories = new Map<unknown, Story>()
  const participant = await startParticipant(behaviourOf(stories))
  const worker = await Worker.start({ script: 'start', configuration: orderFile(participant.port) })
  participant.reports(worker.url)
  const close = async () => {
    await worker.stop()
    await participant.close()
  }
  const sagas = new Map<string, string[]>()
  let order = 4100
  for (const [name, count] of Object.entries(ORDERS)) {
    for (let nth = 0; nth < count; nth++) {
      order += 7
      stories.set(order, STORIES[name as keyof typeof STORIES])
      sagas.set(name, [...(sagas.get(name) ?? []), await placeOrder(worker.url, order)])
    }
  }
  await settled(worker.url)
  return { url: worker.url, sagas, close }
}

function behaviourOf(stories: ReadonlyMap<unknown, Story>): Behaviour {
  return ({ label, payload }: Received) => stories.get(payload['order'])?.[label] ?? {}
}

/** examples/order with all its channels at one port. */
function orderFile(port: number): string {
  const file = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../examples/order/saga.json'), 'utf8'),
  ) as SagaFile
  file.settings = { unexpectedEvents: 'park' }
  for (const { configurations } of file.communicationProtocols) {
    configurations['port'] = port
    configurations['retry'] = { attempts: 4, firstWait: 'PT0.1S', longestWait: 'PT0.2S' }
  }
  return JSON.stringify(file)
}

async function placeOrder(url: string, order: number): Promise<string> {
  const metadata = {
    order,
    customer: { name: 'Ada Rossi', country: 'IT' },
    items: [{ sku: 'lamp-3', count: 2 }],
    total: '129.90',
  }
  const body = { associatedEntityId: `order-${order}`, metadata }
  const { json } = await call(`${url}/saga`, { body })
  return (json as { readonly sagaId: string }).sagaId
}

/** No command is on its way any more. */
async function settled(url: string): Promise<void> {
  await eventually(async () => {
    const { json } = await call(`${url}/sagas?has=owed&limit=1`)
    return (json as { readonly items: readonly unknown[] }).items.length === 0 ? true : undefined
  }, 60_000)
}
