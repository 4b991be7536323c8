import type { ComponentChildren, VNode } from 'preact'

interface CardProps {
  readonly title: string
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
  readonly class?: string
}

/** A titled surface. */
export function Card({ title, aside, children, class: name = '' }: CardProps): VNode {
  return (
    <section class={`card ${name}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
