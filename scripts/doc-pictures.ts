/** `npm run docs:pictures`: writes the drawings of docs/pictures. A test compares them; the screenshots beside them come from test/browser/pictures. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { examineConfiguration } from '../src/config/examine-configuration.ts'
import { layoutOf } from '../src/drawing/layout.ts'
import { machinePicture, type MachinePicture } from '../src/drawing/machine-picture.ts'
import { sagaTrail, type SagaStep } from '../src/drawing/saga-trail.ts'
import { drawSvg } from '../src/drawing/svg/draw-svg.ts'

const ROOT = new URL('../', import.meta.url)

/** An order whose payment was late, and whose parcel an operator found again. */
const PATH: readonly SagaStep[] = [
  { state: 'orderPlaced', event: 'placeOrder' },
  { state: 'backOrdered', event: 'stockShort' },
  { state: 'orderPlaced', event: 'stockArrived' },
  { state: 'paymentPending', event: 'stockReserved' },
  { state: 'paymentDelayed', event: 'paymentDelayed' },
  { state: 'shipping', event: 'paymentTaken' },
  { state: 'refunding', event: 'parcelLost' },
  { state: 'orderCompleted', event: 'move', operator: 'zoe' },
]

/** The drawings of docs/pictures, by their path. */
export async function docPictures(): Promise<ReadonlyMap<string, string>> {
  const [reservation, order] = [await pictureOf('reservation'), await pictureOf('order')]
  const trail = sagaTrail(order, { sagaId: 'order-17', currentState: 'orderCompleted', steps: PATH })
  return new Map([
    ['docs/pictures/reservation.svg', drawSvg(layoutOf(reservation))],
    ['docs/pictures/order.svg', drawSvg(layoutOf(order))],
    // As on a phone: in a column of text a picture to the right would be too small to be read.
    ['docs/pictures/order-path.svg', drawSvg(layoutOf(order, 'down'), { trail })],
  ])
}

/** The picture that the service and `batuta draw` show. */
async function pictureOf(example: string): Promise<MachinePicture> {
  const text = await readFile(new URL(`examples/${example}/saga.json`, ROOT), 'utf8')
  const { configuration, problems } = await examineConfiguration(text, { variable: () => undefined })
  if (configuration === undefined)
    throw new Error(`draw examples/${example}: found ${problems.length} problems, expected none`)
  const channels = configuration.channels.map((channel) => {
    return { id: channel.id, attempts: channel.type === 'rest' ? channel.configurations.retry?.attempts : undefined }
  })
  return machinePicture(configuration.machine, channels)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await mkdir(new URL('docs/pictures/', ROOT), { recursive: true })
  for (const [path, svg] of await docPictures()) await writeFile(new URL(path, ROOT), svg)
}
