/** The style of a drawing inside the page: sizes, pills, and parts that step back. The drawing has its own beside it. */
export const PICTURE_STYLE = `
svg { display: block; margin: auto; height: auto }
svg.batuta-machine .paper, svg.batuta-machine .legend { display: none }
svg.fitted { max-width: 100% }
[tabindex] { cursor: pointer; outline: none }
[tabindex]:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 10px }
.is-dim { opacity: .22 }
g, path { transition: opacity .15s }
@media (prefers-reduced-motion: reduce) { g, path { transition: none } }
`
