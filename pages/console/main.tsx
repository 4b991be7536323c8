import { render } from 'preact'
import { App } from './app.tsx'

// It has run: the page holds no script from here on.
document.currentScript?.remove()
const root = document.querySelector('#console')
if (root !== null) {
  root.replaceChildren()
  render(<App />, root)
}
