import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { JsonSchema } from '../api/machine.ts'
import type { Draft } from './deed.ts'
import { draftOf, fieldsOf, type PayloadField } from './payload-fields.ts'

interface PayloadFormProps {
  readonly name: string
  readonly schema: JsonSchema | undefined
  readonly onDraft: (draft: Draft) => void
}

/** A form of the fields that a schema names, or the JSON itself. Digits go to the service as they were typed. */
export function PayloadForm({ name, schema, onDraft }: PayloadFormProps): VNode {
  const fields = fieldsOf(schema)
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [json, setJson] = useState<string | undefined>(fields.length === 0 ? '{}' : undefined)
  useEffect(
    () => onDraft(json === undefined ? draftOf(fields, values) : jsonDraft(name, json)),
    [values, json, onDraft],
  )
  const toJson = () => {
    const { body } = draftOf(fields, values)
    setJson(body === undefined ? '{}' : JSON.stringify(JSON.parse(body), undefined, 2))
  }
  if (json !== undefined) {
    return (
      <>
        <label for={`${name}-json`}>{name}, as JSON</label>
        <textarea
          id={`${name}-json`}
          rows={6}
          spellcheck={false}
          value={json}
          onInput={(event) => setJson(event.currentTarget.value)}
        />
      </>
    )
  }
  return (
    <>
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          onValue={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      <button type="button" class="link" onClick={toJson}>
        write the JSON instead
      </button>
    </>
  )
}

function jsonDraft(name: string, text: string): Draft {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { body: text } : { problem: `The ${name} must be an object.` }
  } catch (thrown) {
    return { problem: `The ${name} is no JSON: ${thrown instanceof Error ? thrown.message : ''}` }
  }
}

interface FieldProps {
  readonly field: PayloadField
  readonly value: string
  readonly onValue: (value: string) => void
}

function Field({ field, value, onValue }: FieldProps): VNode {
  const { name, isRequired, hint, options, kind } = field
  const id = `field-${name}`
  return (
    <>
      <label for={id}>
        <bdi>{name}</bdi> <small class="muted">{isRequired ? 'required' : 'optional'}</small>
      </label>
      {options === undefined ? (
        <input
          id={id}
          value={value}
          inputMode={kind === 'number' ? 'decimal' : 'text'}
          placeholder={kind === 'json' ? 'JSON' : ''}
          autocomplete="off"
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      ) : (
        <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          <option value="">–</option>
          {options.map((option) => (
            <option key={option} value={option}>
              {option.slice(0, 100)}
            </option>
          ))}
        </select>
      )}
      {hint !== '' && <p class="muted hint">{hint}</p>}
    </>
  )
}
