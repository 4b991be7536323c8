/** The style of a drawing inside the page: sizes, pills, and parts that step back. The drawing has its own beside it. */
export const PICTURE_STYLE = `
:host { display: block }
svg { display: block; margin: 0 auto; height: auto }
svg.batuta-machine .paper { fill: none }
svg.batuta-machine .legend { transform-box: fill-box; transform-origin: 0 100%; transform: scale(var(--times, 1)) }
svg.fitted { width: 100%; max-width: var(--natural) }
[tabindex] { cursor: pointer; outline: none }
[tabindex]:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 10px }
.is-dim { opacity: .22 }
g, path { transition: opacity .15s }
@media (prefers-reduced-motion: reduce) { g, path { transition: none } }
`
