/** The package has no types: it gives the path of its program, inside a CommonJS module's `default`. */
declare module 'workerd' {
  const exports: { readonly default: string }
  export default exports
}
