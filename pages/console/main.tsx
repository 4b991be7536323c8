import { render } from 'preact'
import { App } from './app.tsx'
import { beginReads } from './first-reads.ts'
import { place } from './route.ts'

// It has run: the page holds no script from here on.
document.currentScript?.remove()
// A read that fails is tried again by its view.
beginReads(place.value()).catch(() => undefined)
const root = document.querySelector('#console')
if (root !== null) {
  root.replaceChildren()
  render(<App />, root)
}
