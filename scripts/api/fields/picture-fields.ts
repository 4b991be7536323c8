import type { Field } from './field.ts'

const FLOW: Field = { description: 'The way that the picture flows: `down` for narrow screens. Default: `right`' }
const THEME: Field = { description: 'Light or dark. Default: as the system of the reader prefers' }

/** Fields of the routes that draw the machine. */
export const PICTURE_FIELDS: Readonly<Record<string, Field>> = {
  'GET /machine.svg flow': FLOW,
  'GET /machine.svg theme': THEME,
  'GET /sagas/:sagaId/machine.svg flow': FLOW,
  'GET /sagas/:sagaId/machine.svg theme': THEME,
}
