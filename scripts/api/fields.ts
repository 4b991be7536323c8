import { BULK_FIELDS } from './fields/bulk-fields.ts'
import type { Field } from './fields/field.ts'
import { LIST_FIELDS } from './fields/list-fields.ts'
import { OPERATOR_FIELDS } from './fields/operator-fields.ts'
import { PICTURE_FIELDS } from './fields/picture-fields.ts'
import { SAGA_FIELDS } from './fields/saga-fields.ts'

/**
 * Every field of every body, header and query, by name; `Component.field` and `METHOD /path field` win over the name alone. The
 * generator fails for a field without an entry, and for an entry without a field.
 */
export const FIELDS: Readonly<Record<string, Field>> = {
  ...SAGA_FIELDS,
  ...LIST_FIELDS,
  ...OPERATOR_FIELDS,
  ...BULK_FIELDS,
  ...PICTURE_FIELDS,
}
