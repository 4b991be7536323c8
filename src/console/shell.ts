import { html, raw } from 'hono/html'
import { CONSOLE_SCRIPT, CONSOLE_STYLE } from './page-files.ts'

// The hashes of the policy are those of the texts between the tags, so no formatter may add a space there.
const STYLE = raw(`<style>${CONSOLE_STYLE}</style>`)
const SCRIPT = raw(`<script>${CONSOLE_SCRIPT}</script>`)

/** The page: its frame, its style and its script in one document, the same for every service. It holds no data. */
export const SHELL: ReturnType<typeof html> = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>Batuta</title>
      <link rel="icon" href="data:," />
      ${STYLE}
    </head>
    <body>
      <div id="console"><p class="loading">Reading the service …</p></div>
      <noscript><p>This page needs JavaScript. On the command line: npx batuta sagas</p></noscript>
      ${SCRIPT}
    </body>
  </html>`
