/** The parts of cli-progress that are used; the package has no types. */
declare module 'cli-progress' {
  export class SingleBar {
    constructor(
      options: { readonly format: string; readonly hideCursor?: boolean; readonly clearOnComplete?: boolean },
      preset: object,
    )
    start(total: number, value: number): void
    update(value: number): void
    stop(): void
  }
  export const Presets: { readonly shades_classic: object }
}
