import { byId } from './element.ts'

const KEY = 'batuta.token'

/** The token of this tab: the page keeps it until the tab is closed, and sends it to its own service only. */
export function token(): string {
  return sessionStorage.getItem(KEY) ?? ''
}

/** The header of the token; none where no token is given. */
export function authorization(): Readonly<Record<string, string>> {
  const value = token()
  return value === '' ? {} : { authorization: `Bearer ${value}` }
}

/** Shows the field of the token; `changed` is called with every new one. */
export function askToken(changed: () => void): void {
  const form = byId('token', HTMLFormElement)
  const input = byId('token-value', HTMLInputElement)
  const use = (value: string) => {
    sessionStorage.setItem(KEY, value)
    input.value = ''
    input.placeholder = value === '' ? '' : 'in use'
    changed()
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    use(input.value.trim())
  })
  byId('token-forget', HTMLButtonElement).addEventListener('click', () => use(''))
}

/** Where no token is set, the field would only ask for a secret in vain. */
export function showTokenField(isWanted: boolean): void {
  byId('token', HTMLFormElement).hidden = !isWanted
}
