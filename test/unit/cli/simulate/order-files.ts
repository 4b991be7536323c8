import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../run.ts'
import { orderText, stateOf } from '../plan/order.ts'
import type { EditedFile } from '../plan/order.ts'

/** The play file of examples/order. */
export const PLAY = join(ROOT, 'examples/order/play.json')

/** A saga that waits for new stock waits for ever: nobody is asked, and no deadline moves it. */
export function plantStandStill(file: EditedFile): void {
  const state = stateOf(file, 'backOrdered')
  delete state.timeout
  state.outgoingTransitions = (state.outgoingTransitions ?? []).filter(({ inputEvent }) => inputEvent !== 'gaveUp')
}

/** A lost parcel is paid for a second time, where the money should go back. */
export function plantDoubleCharge(file: EditedFile): void {
  const [, lost] = stateOf(file, 'shipping').outgoingTransitions ?? []
  if (lost === undefined) throw new Error('plant a double charge: found no transition for a lost parcel')
  lost.targetState = 'paymentPending'
}

/** No money is taken twice, and none is kept without a delivery. */
export const PROPERTIES = { never: [['paymentTaken twice'], ['paymentTaken', 'not delivered', 'not refunded']] }

/** Writes the order, after an edit. Returns its path. */
export function writeOrder(folder: string, name: string, edit?: (file: EditedFile) => void): string {
  return writeText(folder, name, orderText(edit))
}

/** Writes a file. Returns its path. */
export function writeText(folder: string, name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
