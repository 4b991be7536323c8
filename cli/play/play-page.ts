import { html } from 'hono/html'
import type { HandCommand } from './hand-commands.ts'

/** What the page shows. */
export interface PlayPageContent {
  readonly commands: readonly HandCommand[]
  readonly now: number
  /** The result of the last form. */
  readonly said: string | undefined
}

/** No script, and nothing of another address. */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  "style-src 'self' 'unsafe-inline'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

type Html = ReturnType<typeof html>

/** The page at `/play`, without a script: a form for each command that waits, and one for the clock. */
export function playPage({ commands, now, said }: PlayPageContent): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Batuta play</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <header>
          <h1>Commands that wait for an answer</h1>
          <a href="play">Look again</a>
        </header>
        <main>
          <p role="status">${said ?? ''}</p>
          <form method="post" action="play/form" class="clock">
            <label for="forward">Clock: ${new Date(now).toISOString()}</label>
            <input id="forward" name="forward" value="P1D" required size="8" />
            <button>Push forward</button>
          </form>
          ${commands.length === 0 ? html`<p>No command waits. Create a saga with POST /saga.</p>` : ''}
          ${commands.map(commandForm)}
        </main>
      </body>
    </html>`
}

function commandForm({ id, command, state, events }: HandCommand): Html {
  return html`<section aria-labelledby="command-${id}">
    <h2 id="command-${id}">${command.label} <small>· ${command.channel}</small></h2>
    <p>${state} · saga <code>${command.sagaId}</code></p>
    <details>
      <summary>Payload of the command</summary>
      <pre tabindex="0">${JSON.stringify(command.payload, undefined, 2)}</pre>
    </details>
    <form method="post" action="play/form">
      <input type="hidden" name="id" value="${id}" />
      <label for="payload-${id}">Payload of the event, JSON</label>
      <textarea id="payload-${id}" name="payload" rows="2" spellcheck="false">{}</textarea>
      ${events.map((event) => html`<button name="event" value="${event}">${event}</button> `)}
    </form>
  </section>`
}

const STYLE = `
:root { color-scheme: light dark; --ink: #16181d; --muted: #646b78; --line: #dfe3ea; --paper: #fbfbfd; --card: #fff; --accent: #5b4bd6 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9ebf0; --muted: #98a0af; --line: #2b303b; --paper: #101217; --card: #171a21; --accent: #a89dff }
}
body { max-width: 46rem; margin: 0 auto; padding: 1rem; background: var(--paper); color: var(--ink); font: 14px/1.5 system-ui, sans-serif }
header { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: baseline }
h1 { font-size: 1.3rem }
h2 { margin: 0; font-size: 1.05rem; overflow-wrap: anywhere }
small, summary { color: var(--muted) }
a, button { color: var(--accent) }
section { margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: 12px; background: var(--card) }
label { display: block }
textarea { box-sizing: border-box; width: 100% }
button { margin: 0.5rem 0.25rem 0 0; padding: 0.4rem 0.9rem; border: 1px solid var(--accent); border-radius: 10px; background: none; font: inherit; font-weight: 600; overflow-wrap: anywhere }
pre, code, textarea { font-family: ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap }
pre { max-height: 20rem; overflow: auto }
`
