import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

interface TokenFormProps {
  readonly isRepeated: boolean
  readonly onToken: (token: string) => void
}

/** Asks for the token of the service. */
export function TokenForm({ isRepeated, onToken }: TokenFormProps): VNode {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    onToken(input.current?.value.trim() ?? '')
  }
  return (
    <main class="token">
      <h1>
        <span aria-hidden="true">◗</span> Batuta
      </h1>
      <form onSubmit={submit}>
        <label for="token">Token</label>
        <input id="token" ref={input} type="password" autocomplete="off" required aria-describedby="token-hint" />
        <p id="token-hint" class="muted">
          This service wants a token: API_TOKEN opens everything, READ_TOKEN everything but actions. The token stays in
          this tab and is forgotten when the tab is closed.
        </p>
        {isRepeated && (
          <p class="notice bad" role="alert">
            This token does not open the service.
          </p>
        )}
        <button type="submit">Use token</button>
      </form>
    </main>
  )
}
